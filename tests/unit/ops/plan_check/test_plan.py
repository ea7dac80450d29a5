import io
import json

import pytest

from ops.errors import OpsError, UsageError
from ops.exit_status import ExitStatus
from ops.plan_check.plan import changes_of, read_plan
from ops.plan_check.values import UNKNOWN
from tests.unit.ops.plan_check.planned import RESOURCES, change, plan, resource_change


def refused(text):
    """One line that says why a text is no plan, with how the command ends."""
    with pytest.raises(OpsError) as error:
        changes_of(text, "p.json")
    message = str(error.value)
    assert 1 == len(message.splitlines())
    assert message.startswith("p.json")
    return error.value.status, message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no JSON"),
        ("PK\x03\x04tfplan", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no plan of Terraform"),
        ("null", "is no plan of Terraform"),
        ("{}", "is no plan of Terraform"),
        ('{"resource_changes": []}', "is no plan of Terraform"),
        ('{"format_version": 1, "resource_changes": []}', "is no plan of Terraform"),
        ('{"format_version": "2.0", "resource_changes": []}', "format version '2.0'"),
        ('{"format_version": "0.2", "resource_changes": []}', "format version '0.2'"),
        ('{"format_version": "1.0", "values": {"root_module": {}}}', "maybe a state"),
        ('{"format_version": "1.2", "resource_changes": {}}', "resource_changes"),
        ('{"format_version": "1.2", "resource_changes": [{"address": "a.b"}]}', "resource_changes.0.type"),
        (plan(errored=True), "ended with an error"),
        (plan(complete=False), "is not the whole plan"),
        (plan(deferred_changes=[{"reason": "resource_config_unknown"}]), "is not the whole plan"),
        (plan(resource_changes=None, planned_values=None), "maybe a state"),
    ],
)
def test_what_is_no_whole_plan_is_never_clean(text, why):
    """It cannot be told, which is another thing than that nothing was found."""
    status, message = refused(text)

    assert ExitStatus.UNKNOWN == status
    assert why in message


@pytest.mark.parametrize("actions", [["destroy"], ["update", "create"], [], ["delete", "create", "delete"]])
def test_an_action_of_a_terraform_to_come_is_not_taken_for_harmless(actions):
    """Nobody knows yet what it does."""
    given = resource_change("queue")
    given["change"]["actions"] = actions

    status, message = refused(plan(resource_changes=[given]))

    assert ExitStatus.UNKNOWN == status
    assert RESOURCES["queue"]["address"] in message


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_change_in_place_has_two_sides(side):
    """Without one of them there is nothing to compare, which is not the same as no difference."""
    given = resource_change("queue")
    given["change"][side] = None

    assert ExitStatus.UNKNOWN == refused(plan(resource_changes=[given]))[0]


def test_a_secret_is_in_no_complaint():
    """A plan that is broken may hold them all the same."""
    given = resource_change("database")
    given["change"]["before"] = "correct-horse"

    assert "correct-horse" not in refused(plan(resource_changes=[given]))[1]


@pytest.mark.parametrize("left_out", ["errored", "complete", "planned_values", "applyable"])
def test_an_older_terraform_leaves_parts_out(left_out):
    """`errored` came with 1.5, `complete` with 1.8."""
    document = json.loads(plan({"of": "queue"}))
    del document[left_out]

    assert 1 == len(changes_of(json.dumps(document), "p.json"))


def test_a_plan_without_any_resource_is_one():
    """Terraform leaves out the list if it is empty."""
    document = json.loads(plan())
    del document["resource_changes"]

    assert [] == changes_of(json.dumps(document), "p.json")


def test_what_is_only_read_is_no_change():
    """A data source deletes nothing."""
    given = resource_change("queue", action="delete") | {"mode": "data"}

    assert [] == changes_of(plan(resource_changes=[given]), "p.json")


def test_a_file_that_is_not_there_is_a_wrong_command_line(tmp_path):
    """The line says which one."""
    with pytest.raises(UsageError, match=r"gone\.json cannot be read: No such file"):
        read_plan(str(tmp_path / "gone.json"))


def test_terraforms_own_plan_file_is_told_apart(tmp_path):
    """It is no text, and has to be printed first."""
    (tmp_path / "plan").write_bytes(b"PK\x03\x04\xff\xfe")

    with pytest.raises(OpsError, match="terraform show -json"):
        read_plan(str(tmp_path / "plan"))


def test_a_plan_is_read_from_a_file_or_from_the_standard_input(tmp_path, monkeypatch):
    """By a path, or by a dash."""
    text = plan({"of": "queue"})
    (tmp_path / "p.json").write_text(text)
    monkeypatch.setattr("sys.stdin", io.StringIO(text))

    assert read_plan(str(tmp_path / "p.json")) == read_plan("-")


def test_what_the_apply_has_to_say_is_unknown():
    """A value that Terraform does not know is not taken for one that is gone."""
    one = change(
        "task", action="replace", unknown=["container_definitions", "runtime_platform.0.cpu_architecture"]
    )

    assert one.after["container_definitions"] is UNKNOWN
    assert [{"cpu_architecture": UNKNOWN, "operating_system_family": "LINUX"}] == one.after[
        "runtime_platform"
    ]


def test_what_moves_or_is_taken_over_says_so():
    """Neither is anything that happens to the resource."""
    moved = change("queue", action="stays", moved_from="aws_sqs_queue.old")
    taken = change("queue", action="stays", imported="https://queue")

    assert ("aws_sqs_queue.old", True) == (moved.previous_address, moved.idle)
    assert (True, True) == (taken.imported, taken.idle)
