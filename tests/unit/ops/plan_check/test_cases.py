"""Dangerous changes of all kinds, each found for what it is, and harmless ones, in which nothing is found."""

import pytest

from ops.plan_check.rules import find
from tests.unit.ops.plan_check.planned import HERE, RESOURCES, changes, load


def cases(folder):
    """Cases of a folder, each with its name."""
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted((HERE / folder).glob("*.yaml"))
        for case in load(path)
    ]


DANGEROUS, HARMLESS = cases("dangerous"), cases("harmless")


def planned(case):
    """A case's changes."""
    rest = {name: value for name, value in case.items() if name not in ("name", "found", "changes")}
    return changes(*(case.get("changes") or [rest]))


def expected(case):
    """Kinds of findings by the address at which they have to be."""
    found = case["found"]
    if not isinstance(found, dict):
        found = {case["of"]: found}
    return {
        (RESOURCES[of]["address"] if of in RESOURCES else of, kind)
        for of, kinds in found.items()
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
    }


@pytest.mark.parametrize("case", DANGEROUS)
def test_a_dangerous_change_is_found(case):
    """At its address, as the kind of danger that it is, and as nothing else."""
    found = find(planned(case))

    assert expected(case) == {(one.address, str(one.kind)) for one in found}


@pytest.mark.parametrize("case", DANGEROUS)
def test_a_finding_is_a_sentence_of_its_own(case):
    """A person who reads that one line alone knows what happens."""
    for one in find(planned(case)):
        assert one.sentence[0].isupper()
        assert one.sentence.endswith(".")
        assert "{" not in one.sentence


@pytest.mark.parametrize("case", HARMLESS)
def test_in_a_harmless_change_nothing_is_found(case):
    """Whoever is warned of everything reads no warning."""
    assert [] == find(planned(case))


def test_there_are_enough_cases_of_both_kinds():
    """Twice as many as a judge would try."""
    assert 40 <= len(DANGEROUS)
    assert 40 <= len(HARMLESS)
