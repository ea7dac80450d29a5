"""Nothing that is said of a plan holds a secret."""

import json

import pytest
from rich.console import Console

from ops.plan_check.answer import judged
from ops.plan_check.finding import SENSITIVE
from ops.plan_check.plan import changes_of
from tests.unit.ops.plan_check.planned import changes, plan, resource_change
from tests.unit.ops.plan_check.test_cases import DANGEROUS

SECRET = "correct-horse"
_FROM_POLICIES = ("sqs:", "s3:", "kms:", "999999999999", "PASSWORD", "SYS_ADMIN")


def said(answer):
    """All that a person or a machine is told."""
    console = Console(width=500, record=True, file=None)
    with console.capture() as drawn:
        console.print(answer.drawn())
    return "\n".join([json.dumps(answer.data()), answer.markdown(), drawn.get()])


def marked(case):
    """A case's changes, of whose attributes every one is sensitive."""
    rest = {name: value for name, value in case.items() if name not in ("name", "found", "changes")}
    given = [resource_change(**one) for one in case.get("changes") or [rest]]
    for one in given:
        for side in ("before", "after"):
            values = one["change"][side] or {}
            one["change"][f"{side}_sensitive"] = dict.fromkeys(values, True)
    return changes_of(plan(resource_changes=given), "p.json")


@pytest.mark.parametrize("case", DANGEROUS)
def test_of_sensitive_attributes_no_value_is_told(case):
    """That something is found is told all the same."""
    answer = judged(marked(case), [])

    assert answer.findings
    for one in answer.findings:
        assert {one.before, one.after} <= {"", SENSITIVE}
        assert "arn:" not in one.sentence
        assert not [word for word in _FROM_POLICIES if word in one.sentence]


@pytest.mark.parametrize(
    ("of", "was", "becomes"),
    [
        # Found, as the encryption of a parameter is taken away; the type's values are secret in themselves.
        ("access_key", {}, {"encrypted": False, "secret": SECRET}),
        ("secret_version", {"encrypted": True}, {"encrypted": False, "secret_string": SECRET}),
        ("database", {"password": SECRET}, {"password": "battery", "deletion_protection": False}),
        ("cache", {"auth_token": SECRET}, {"auth_token": "battery", "transit_encryption_enabled": False}),
        ("parameter", {"type": "SecureString", "value": SECRET}, {"type": "String", "value": "battery"}),
        ("random", {}, {"result": SECRET}),
    ],
)
@pytest.mark.parametrize("action", ["update", "replace", "delete"])
def test_a_value_that_the_provider_forgot_to_mark_is_not_told(of, was, becomes, action):
    """It is secret by its type, or by what it is called."""
    answer = judged(changes({"of": of, "action": action, "was": was, "becomes": becomes}), [])

    assert SECRET not in said(answer)
    assert "battery" not in said(answer)


def test_values_of_a_secrets_type_are_told_by_none_of_its_attributes():
    """Not even of one that is found."""
    found = judged(
        changes({"of": "secret_version", "was": {"encrypted": True}, "becomes": {"encrypted": False}}), []
    ).findings

    assert [(SENSITIVE, SENSITIVE)] == [(one.before, one.after) for one in found]


def test_a_nested_mark_hides_its_attribute():
    """Whatever of it is found."""
    found = judged(
        changes(
            {
                "of": "state_encryption",
                "becomes": {"rule.0.apply_server_side_encryption_by_default.0.sse_algorithm": "AES256"},
                "sensitive": ["rule.0.apply_server_side_encryption_by_default"],
            }
        ),
        [],
    ).findings

    assert [(SENSITIVE, SENSITIVE)] == [(one.before, one.after) for one in found]


def test_what_is_not_sensitive_is_told():
    """A finding is of use by its figures."""
    (found,) = judged(changes({"of": "log_group", "becomes": {"retention_in_days": 1}}), []).findings

    assert ("90", "1") == (found.before, found.after)
