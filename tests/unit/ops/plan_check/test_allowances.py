import pytest

from ops.plan_check.allowances import allows, label, read_allowances, short_name

SHORT = "aws_sqs_queue.this"
COMMA = 'a.b["x,y"]'
LONG = 'module.discovery.aws_service_discovery_service.this["email-sender"]'


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        ([""], []),
        ([SHORT], [SHORT]),
        ([f"allow: {SHORT}"], [SHORT]),
        ([f"allow:{SHORT}"], [SHORT]),
        ([f" {SHORT} , allow: {LONG},"], [SHORT, LONG]),
        ([SHORT, SHORT], [SHORT]),
        (['a.b["x,y"],c.d'], ['a.b["x,y"]', "c.d"]),
        (['a.b["x'], ['a.b["x']),
    ],
)
def test_allowances_are_addresses_or_labels_with_commas_between(texts, expected):
    """A comma in a resource's key is a part of its address."""
    assert expected == read_allowances(texts)


def test_a_label_is_no_longer_than_github_takes():
    """An address that is too long, or has a comma in it, has a short name."""
    assert f"allow: {SHORT}" == label(SHORT)
    assert f"allow: {short_name(LONG)}" == label(LONG)
    assert f"allow: {short_name(COMMA)}" == label(COMMA)
    assert 50 == len(label("a" * 43))
    assert label("a" * 44) != f"allow: {'a' * 44}"


def test_an_address_is_allowed_by_itself_or_by_its_short_name():
    """And by nothing that only looks like it."""
    assert allows([LONG], LONG)
    assert allows([short_name(LONG)], LONG)
    assert not allows([LONG[:-1], SHORT, "", "*"], LONG)
    assert not allows([], LONG)
