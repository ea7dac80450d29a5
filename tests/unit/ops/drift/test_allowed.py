"""ops/drift.yaml: what may differ, and until when."""

from datetime import date

import pytest

from ops.drift.allowed import FILE, read, sort
from ops.drift.finding import Finding
from ops.errors import UsageError

ENTRY = """allowed:
  - resource: module.a.aws_security_group.this["x"]
    attribute: ingress[*]
    reason: a partner
    owner: platform
    until: 2027-03-31
"""
FOUND = Finding('module.a.aws_security_group.this["x"]', "ingress[sgr-1]", "(none)", "tcp")
OTHER = Finding('module.a.aws_security_group.this["x"]', "egress[sgr-1]", "(none)", "tcp")


@pytest.fixture
def entries(tmp_path):
    """Reads a text as the file."""

    def entries(text, environment="staging"):
        file = tmp_path / "drift.yaml"
        file.write_text(text)
        return read(file, environment)

    return entries


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2027, 3, 31)])
def test_a_difference_may_stand_until_its_last_day(entries, today):
    """And no other one beside it."""
    result = sort([FOUND, OTHER], entries(ENTRY), today)

    assert (OTHER,) == result.findings
    assert [FOUND] == [one for one, _ in result.standing]
    assert () == result.unused


def test_past_its_last_day_it_is_a_finding_and_so_is_the_entry(entries):
    """The entry is told by its line, even if nothing differs any more."""
    result = sort([FOUND], entries(ENTRY), date(2027, 4, 1))

    assert [FOUND.resource, "ops/drift.yaml:2"] == [one.resource for one in result.findings]
    assert ("until", "platform") == (result.findings[1].attribute, result.findings[1].changed_by)
    assert ["ops/drift.yaml:2"] == [
        one.resource for one in sort([], entries(ENTRY), date(2028, 1, 1)).findings
    ]


def test_an_entry_for_nothing_is_told_but_is_no_finding(entries):
    """Somebody has put it right."""
    result = sort([], entries(ENTRY), date(2027, 1, 1))

    assert ((), 1) == (result.findings, len(result.unused))


def test_an_entry_may_be_for_one_environment(entries):
    """In others it allows nothing."""
    text = ENTRY + "    environment: staging\n"

    assert [1, 0] == [len(entries(text, name)) for name in ("staging", "production")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "drift.yaml:1: it must be `allowed:` and a list"),
        ("- a\n", "drift.yaml:1: it must be"),
        ("other: []\n", "drift.yaml:1: there is no key 'other'"),
        ("allowed: yes\n", "drift.yaml:1: allowed must be a list"),
        ("allowed:\n  - x\n", "drift.yaml:2: an entry must have"),
        (ENTRY.replace("    owner: platform\n", ""), "drift.yaml:2: owner is missing"),
        (ENTRY.replace("2027-03-31", "soon"), "drift.yaml:2: until must be a day"),
        (ENTRY.replace("reason: a partner", "reason: ''"), "drift.yaml:4: reason must be a text"),
        (ENTRY.replace("reason: a partner", "reason: [a]"), "drift.yaml:4: reason must be a text"),
        (ENTRY + "    why: not\n", "drift.yaml:7: there is no key 'why'"),
        (ENTRY + "    owner: again\n", "drift.yaml:7: owner is there twice"),
        ("allowed: [", "drift.yaml is no YAML"),
    ],
)
def test_a_wrong_file_is_told_by_its_line(entries, text, told):
    """And what to do about it."""
    with pytest.raises(UsageError, match=told.replace("[", r"\[")) as error:
        entries(text)
    assert 1 == len(str(error.value).splitlines())


def test_a_missing_file_is_told(tmp_path):
    """It is in the repository."""
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.yaml", "staging")


def test_the_file_of_this_repository_is_right():
    """Whatever is in it."""
    assert read(FILE, "staging") is not None
