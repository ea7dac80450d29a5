import pytest

from tests.plan.canonical import canonical, resource_values


@pytest.mark.parametrize("blank", [None, "", [], {}])
def test_what_is_empty_is_left_out(blank):
    """An argument that is not given takes no line."""
    assert {"given": 1} == canonical({"given": 1, "blank": blank})


@pytest.mark.parametrize("value", [0, False])
def test_zero_and_false_are_not_empty(value):
    """A flag that is off is said to be off."""
    assert canonical({"flag": value}) == {"flag": value}


def test_documents_are_parsed():
    """A policy is compared statement by statement."""
    text = '{"Statement": [{"Sid": "Send", "Action": "sqs:SendMessage"}]}'
    assert {"policy": {"Statement": {"Send": {"Action": "sqs:SendMessage"}}}} == canonical({"policy": text})


def test_what_only_looks_like_a_document_stays_text():
    """A template is no JSON."""
    assert {"name": "{environment}"} == canonical({"name": "{environment}"})


def test_named_members_are_found_by_their_name():
    """Environment variables are a mapping, whatever their order."""
    pairs = [{"name": "PORT", "value": "8080"}, {"name": "HOST", "value": "h"}]
    assert canonical({"environment": pairs}) == canonical({"environment": pairs[::-1]})
    assert {"environment": {"PORT": "8080", "HOST": "h"}} == canonical({"environment": pairs})


def test_a_reference_to_a_value_is_not_the_value():
    """A secret that becomes a plain variable differs."""
    secret, plain = ([{"name": "PASSWORD", kind: "x"}] for kind in ("valueFrom", "value"))
    assert canonical({"list": secret}) != canonical({"list": plain})


def test_members_of_the_same_name_keep_their_places():
    """Nothing is lost where a name is not unique."""
    twice = [{"name": "a", "value": 1}, {"name": "a", "value": 2}]
    assert canonical({"list": twice}) == {"list": twice}


def test_an_empty_block_is_there():
    """A block whose arguments are all unknown is not the same as no block."""
    assert {"block": [{}]} == canonical({"block": [{"arn": None}]})


def test_secrets_are_not_written_down():
    """A sensitive value is said to be one."""
    values = resource_values({"password": "hunter2", "name": "n"}, {"password": True})
    assert {"password": "(sensitive)", "name": "n"} == values


def test_default_tags_are_left_to_their_rule():
    """Each resource's own tags remain."""
    assert {"tags": {"a": "b"}} == resource_values({"tags": {"a": "b"}, "tags_all": {"c": "d"}}, {})
