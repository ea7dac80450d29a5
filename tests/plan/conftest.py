"""One copy of the root module, one plan a variable set, shared by every test and worker."""

import shutil

import pytest

from stage.settings import SMALL_TASKS
from tests.plan.account import ACCOUNT, EXAMPLE
from tests.plan.matrix import BASE, CELLS
from tests.plan.offline import ROOT_MODULE, STAGING, OfflineTerraform
from tests.plan.plans_needed import is_inventory, plans_needed
from tests.plan.view import Plan, Service


def pytest_addoption(parser):
    """Let an inventory be written anew."""
    parser.addoption(
        "--write", metavar="NAME", help="write this inventory from what is planned now; 'all' for every one"
    )
    parser.addoption(
        "--plans",
        action="append",
        metavar="NAME",
        help="only tests that look at this plan and no other (all)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Have tests of one plan run in one worker, and rules before inventories.

    Groups are named before xdist reads them, and the order is made after pytest has made its own.
    """
    for item in items:
        plans = plans_needed(item)
        if len(plans) == 1:
            item.add_marker(pytest.mark.xdist_group(plans.pop()))
    yield
    items.sort(key=is_inventory)
    if config.option.plans:
        wanted = [item for item in items if (plans := plans_needed(item)) and plans <= {*config.option.plans}]
        config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
        items[:] = wanted


@pytest.fixture(scope="session")
def offline(tmp_path_factory, worker_id):
    """Terraform without AWS."""
    if shutil.which("terraform") is None:
        pytest.fail("terraform is not on PATH: install Terraform 1.11 or newer", pytrace=False)
    base = tmp_path_factory.getbasetemp()
    terraform = OfflineTerraform((base if worker_id == "master" else base.parent) / "offline")
    yield terraform
    terraform.stop()


@pytest.fixture(scope="session")
def cells(offline):
    """Each variable set's plan by its name, made when it is first asked for."""
    made: dict[str, Plan] = {}

    def cell(name: str) -> Plan:
        if name not in made:
            found = CELLS[name]
            made[name] = Plan(offline.plan(name, *found.var_files, **found.variables), ROOT_MODULE)
        return made[name]

    return cell


@pytest.fixture(params=CELLS)
def cell(request, cells) -> Plan:
    """Every variable set's plan, one after the other."""
    return cells(request.param)


@pytest.fixture(scope="session")
def staging(cells) -> Plan:
    """Staging as its variable file has it: mails leave through SES."""
    return cells(BASE)


@pytest.fixture(scope="session")
def smtp(cells) -> Plan:
    """Staging with an SMTP server that wants a login."""
    return cells("smtp")


@pytest.fixture(scope="session")
def relay(cells) -> Plan:
    """Staging with an SMTP server that takes mail from everybody who reaches it, as on the stage."""
    return cells("relay")


@pytest.fixture(scope="session")
def mixed_case(cells) -> Plan:
    """Staging whose sender's address is written in large and small letters."""
    return cells("mixed-case")


@pytest.fixture(scope="session")
def implicit_tls(cells) -> Plan:
    """Staging with an SMTP server that speaks TLS from the first byte."""
    return cells("implicit-tls")


@pytest.fixture(scope="session")
def edges(cells) -> Plan:
    """Production with every variable at the edge of what is allowed: HTTPS, a NAT gateway a zone."""
    return cells("edges")


@pytest.fixture(scope="session")
def production(edges) -> Plan:
    """Production: HTTPS, a NAT gateway a zone, values at the edge of what is allowed."""
    return edges


@pytest.fixture(scope="session")
def standalone(offline) -> Plan:
    """Each module by itself, so that nothing it makes of what it is given is unknown."""
    return Plan(offline.standalone(), offline.standalone_folder)


@pytest.fixture(scope="session")
def rehearsed(offline) -> Plan:
    """Staging as the stage has it, in small tasks, and in an account without a boundary for its roles."""
    return Plan(offline.plan("rehearsed", STAGING, SMALL_TASKS, permissions_boundary_arn="none"), ROOT_MODULE)


@pytest.fixture(scope="session")
def bootstrap(offline) -> Plan:
    """An account that holds staging and production, prepared for a repository."""
    return Plan(offline.root("bootstrap", **ACCOUNT), ROOT_MODULE / "bootstrap")


@pytest.fixture(scope="session")
def minimal(offline) -> Plan:
    """The example as a reader would apply it."""
    return Plan(offline.root("examples/minimal", **EXAMPLE), ROOT_MODULE / "examples" / "minimal")


@pytest.fixture
def api(staging) -> Service:
    """The Notification API in staging."""
    return staging.service("notification-api")


@pytest.fixture
def sender(staging) -> Service:
    """The Email Sender in staging."""
    return staging.service("email-sender")


@pytest.fixture(params=["notification-api", "email-sender"])
def service(request, staging) -> Service:
    """Each of the two services in staging."""
    return staging.service(request.param)
