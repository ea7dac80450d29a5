"""Rules that hold of the workflows, each of which a change can break."""

from pathlib import Path

import pytest
import yaml

from tests.workflows.rules import (
    calls,
    credentials,
    layers,
    limits,
    permissions,
    pins,
    release,
    untrusted,
    updates,
    variables,
)

RULES = {
    "baked_as_by_hand": release.baked_as_by_hand,
    "complete": layers.complete,
    "documented": variables.documented,
    "kept": untrusted.kept,
    "least": permissions.least,
    "loading": credentials.loading,
    "looked_after": updates.looked_after,
    "newest": layers.newest,
    "not_injected": untrusted.not_injected,
    "one_image": release.one_image,
    "pinned": pins.pinned,
    "queued": limits.queued,
    "scanned": release.scanned,
    "started": untrusted.started,
    "there": calls.there,
    "timed": limits.timed,
    "trusted": credentials.trusted,
}
MUTANTS = yaml.safe_load(Path(__file__).with_name("mutants.yaml").read_text("utf-8"))


@pytest.fixture
def given(request):
    """What a rule is given beside the workflows."""

    def given(rule):
        if rule in ("loading", "trusted"):
            return (request.getfixturevalue("roles"),)
        return (variables.PAGE.read_text("utf-8"),) if rule == "documented" else ()

    return given


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_holds(rule, workflows, given):
    """Nothing is found in the files as they are."""
    assert [] == list(RULES[rule](workflows, *given(rule)))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant['rule']}: {mutant['says'][:60]}")
def test_a_rule_notices(mutant, workflows, given):
    """A change that breaks it is told, with the place."""
    changed = workflows.changed(mutant["file"], mutant["find"], mutant["replace"])

    found = list(RULES[mutant["rule"]](changed, *given(mutant["rule"])))

    assert any(mutant["says"] in one for one in found), found


def test_every_rule_is_shown_to_notice():
    """A rule that nothing breaks is none."""
    assert set(RULES) == {mutant["rule"] for mutant in MUTANTS}


def test_a_variable_that_nobody_reads_is_told(workflows, given):
    """A table that outlives what it was about misleads."""
    [page] = given("documented")

    found = list(variables.documented(workflows, page.replace("| `LOAD` |", "| `LOAD`, `OLD` |")))

    assert ["OLD is named by docs/workflows.md and read by no workflow"] == found
