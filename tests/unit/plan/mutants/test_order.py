import pytest

from tests.plan.matrix import BASE
from tests.plan.mutants.order import Change, Needs


def _needs(name="tests/plan/test_x.py::test_x", plans=(), fixtures=(), *, inventory=False):
    return Needs(name, frozenset(plans), frozenset(fixtures), inventory)


STANDALONE = _needs(plans={"standalone"})
STAGING = _needs(plans={BASE})
BOOTSTRAP = _needs(plans={"bootstrap"})
MINIMAL = _needs(plans={"minimal"})
REFUSALS = _needs(plans={"below"})
FURTHER = _needs("tests/plan/rules/test_x.py::test_x[relay]", plans={"relay"})


def _ordered(change, *tests):
    ranked = [(change.rank(test), place) for place, test in enumerate(tests)]
    return [tests[place] for rank, place in sorted(one for one in ranked if one[0] is not None)]


def test_modules_are_looked_at_by_themselves_first():
    """Nothing that a module is given is unknown there; a root's file is in none of them."""
    assert [STANDALONE, STAGING, MINIMAL] == _ordered(
        Change("modules/queue/queue.tf"), MINIMAL, STAGING, STANDALONE
    )
    assert [STAGING] == _ordered(Change("main.tf"), STAGING, STANDALONE)


def test_roots_of_their_own_have_plans_of_their_own():
    """No other plan can show a change to them."""
    assert [BOOTSTRAP] == _ordered(Change("bootstrap/locals.tf"), STAGING, BOOTSTRAP, STANDALONE, MINIMAL)
    assert [MINIMAL] == _ordered(Change("examples/minimal/main.tf"), STAGING, BOOTSTRAP, MINIMAL)


def test_a_root_of_its_own_keeps_what_is_named_after_the_file():
    """Such a test reads the file itself, and takes no plan."""
    reading = _needs("tests/plan/test_service_linked_roles.py::test_a", fixtures={"offline"})
    other = _needs("tests/plan/test_variables.py::test_a", fixtures={"offline"})
    assert [reading] == _ordered(Change("bootstrap/service-linked-roles.tf"), reading, other)


def test_what_roles_may_do_is_held_against_every_text():
    """The rules of bootstrap/ are kept, its inventory is not."""
    inventory = _needs(plans={"bootstrap"}, inventory=True)
    assert [STAGING, BOOTSTRAP] == _ordered(Change("main.tf"), inventory, BOOTSTRAP, STAGING)


def test_rules_are_held_against_few_variable_sets():
    """A variable set that differs from them in values is left out."""
    assert [STAGING] == _ordered(Change("main.tf"), FURTHER, STAGING)


def test_what_is_refused_is_asked_where_it_may_differ():
    """A resource's argument refuses nothing; a test about the changed variable comes first."""
    about = _needs("tests/plan/test_variables.py::test_x[vpc_cidr=10.0.0.0/8]", plans={"twice"})
    assert [STAGING] == _ordered(Change("main.tf", in_conditions=False), REFUSALS, STAGING)
    assert [about, REFUSALS] == _ordered(Change("variables.tf", "vpc_cidr"), REFUSALS, about)


def test_no_inventory_of_a_plan_shows_what_is_refused():
    """Those of the text may."""
    of_a_plan, of_the_text = _needs(plans={"standalone"}, inventory=True), _needs(inventory=True)
    validation = Change("modules/queue/variables.tf", "name", in_plans=False)
    assert [STANDALONE, of_the_text] == _ordered(validation, of_a_plan, of_the_text, STANDALONE)


def test_tests_that_make_plans_of_their_own_come_late():
    """After those whose plans are there."""
    making, text = _needs(fixtures={"offline"}), _needs()
    assert [STAGING, text, making] == _ordered(Change("main.tf"), making, text, STAGING)


def test_tests_of_the_files_name_come_first():
    """Of those that look at the same plan."""
    named = _needs("tests/plan/test_queue.py::test_x", plans={"standalone"})
    assert [named, STANDALONE] == _ordered(Change("modules/queue/outputs.tf"), STANDALONE, named)


def test_without_a_change_every_test_is_run():
    """The control leaves nothing out."""
    every = [STANDALONE, STAGING, BOOTSTRAP, MINIMAL, REFUSALS, FURTHER]
    assert len(every) == len(_ordered(Change(""), *every))


@pytest.mark.parametrize(
    ("refused", "outright"), [("standalone", True), (f"plan-{BASE}", True), ("plan-edges", False)]
)
def test_terraform_refuses_what_it_refuses_every_day(refused, outright):
    """A variable set at the edge that is refused is a rule's matter."""
    assert outright is Change("main.tf").is_refused_outright([refused])
