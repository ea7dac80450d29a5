import json

from rich.console import Console

from ops.exit_status import ExitStatus
from ops.plan_check.allowances import short_name
from ops.plan_check.answer import judged
from tests.unit.ops.plan_check.planned import RESOURCES, changes

QUEUE = RESOURCES["queue"]["address"]
TABLE = RESOURCES["table"]["address"]
ALARM = RESOURCES["queue_age"]["address"]


def answer(*allowances):
    """A queue that is replaced, a table that is unprotected, and a new NAT gateway."""
    return judged(
        changes(
            {"of": "queue", "action": "replace", "forces": ["name"]},
            {"of": "table", "becomes": {"deletion_protection_enabled": False}},
            {"of": "nat", "action": "create"},
        ),
        allowances,
    )


def drawn(one):
    """A terminal that is wide enough."""
    console = Console(width=300)
    with console.capture() as text:
        console.print(one.drawn())
    return text.get()


def test_a_plan_is_clean_once_all_that_is_dangerous_is_allowed():
    """Each address by itself."""
    assert ExitStatus.FOUND == answer().status
    assert ExitStatus.FOUND == answer(QUEUE).status
    assert ExitStatus.FOUND == answer(TABLE).status
    assert ExitStatus.DONE == answer(QUEUE, TABLE).status
    assert ExitStatus.DONE == answer(QUEUE, short_name(TABLE)).status


def test_a_harmless_plan_is_clean():
    """Nothing has to be allowed."""
    harmless = judged(changes({"of": "queue", "action": "create"}), [])

    assert ExitStatus.DONE == harmless.status
    assert "Nothing in the plan is dangerous." == harmless.verdict


def test_the_verdict_counts_what_nobody_has_allowed():
    """In one sentence."""
    assert "2 things are dangerous, at 2 addresses." == answer().verdict
    assert "1 thing is dangerous, at 1 address." == answer(QUEUE).verdict
    assert "All that is dangerous in the plan is allowed." == answer(QUEUE, TABLE).verdict


def test_an_allowance_of_what_is_not_dangerous_is_told():
    """It was for another change, and nobody has taken it off."""
    stale = answer(QUEUE, ALARM)

    assert [ALARM] == stale.data()["stale_allowances"]
    assert f"Allowed, but not found: `{ALARM}`" in stale.markdown()
    assert f"Allowed, but not found: {ALARM}" in drawn(stale)
    assert "Allowed, but not found" not in answer(QUEUE).markdown() + drawn(answer(QUEUE))


def test_what_is_allowed_is_shown_as_such():
    """Whoever approves sees all of it."""
    partly = answer(QUEUE)

    assert [True, False] == [one["allowed"] for one in partly.data()["findings"]]
    open_, _, allowed = partly.markdown().partition("### Dangerous, and allowed")
    assert TABLE in open_
    assert QUEUE in allowed
    assert f"{QUEUE}  allowed, data" in drawn(partly)
    assert f"{TABLE}  dangerous, protection" in drawn(partly)


def test_json_holds_all_of_it():
    """Of types that JSON has."""
    data = json.loads(json.dumps(answer().data()))

    assert data["dangerous"]
    assert "1 to add, 1 to change, 1 to replace, 0 to destroy" == data["summary"]
    assert {"aws_nat_gateway": 1} == data["resources"]["add"]
    assert (["1 NAT gateway"], []) == (data["costs_more"], data["costs_less"])
    assert {
        "address": TABLE,
        "kind": "protection",
        "attribute": "deletion_protection_enabled",
        "sentence": "Nothing stops anybody any more from deleting it by mistake.",
        "before": "true",
        "after": "false",
        "allowed": False,
        "label": f"allow: {TABLE}",
        "short_name": short_name(TABLE),
    } == data["findings"][1]


def test_markdown_has_a_row_for_each_finding_and_the_label_that_allows_it():
    """A person puts it on the pull request."""
    text = answer().markdown()

    assert text.startswith("**2 things are dangerous, at 2 addresses.**\n")
    assert f"| `{TABLE}` `deletion_protection_enabled` | protection: " in text
    assert "| `true` → `false` |" in text
    assert f"- `allow: {TABLE}` for `{TABLE}`" in text
    assert "1 to add, 1 to change, 1 to replace, 0 to destroy." in text
    assert "Costs more: 1 NAT gateway." in text


def test_a_terminal_is_told_the_same():
    """With the option in the place of the label."""
    text = drawn(answer())

    assert text.startswith("2 things are dangerous, at 2 addresses.")
    assert "deletion_protection_enabled: true → false" in text
    assert "--allow ADDRESS" in text
    assert "Add 1 aws_nat_gateway." in text
    assert "Costs more: 1 NAT gateway." in text


def test_an_address_cannot_break_out_of_its_cell():
    """Whoever writes a plan writes no Markdown into the comment of somebody else's pipeline."""
    address = 'aws_sqs_queue.this["`|<b>[x](http://x)"]'
    text = judged(changes({"of": "queue", "action": "delete", "address": address}), []).markdown()
    (row,) = [line for line in text.splitlines() if line.startswith("| `aws_sqs_queue")]

    assert 2 == row.count("`")
    assert 4 == row.replace("\\|", "").count("|")


def test_a_sentence_cannot_break_out_either():
    """It names what the plan names."""
    policy = '{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "a|b"}}'
    text = judged(changes({"of": "role_policy", "becomes": {"policy": policy}}), []).markdown()

    assert "allows sqs:\\* on a\\|b, which" in text


def test_an_address_is_not_taken_for_markup():
    """Rich knows marks in square brackets."""
    address = 'aws_sqs_queue.this["[red]"]'

    assert address in drawn(judged(changes({"of": "queue", "action": "delete", "address": address}), []))
