import json

import pytest

from tests.unit.verify.report.sessions import check, found
from verify.report import results
from verify.report.findings import Finding
from verify.report.phases import Phase


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "inconclusive"], "inconclusive"),
        (["inconclusive", "fail"], "fail"),
        ([], "inconclusive"),
    ],
)
def test_the_verdict_is_the_worst_outcome(outcomes, verdict):
    """No checks at all is no pass."""
    assert verdict == found(Finding("s", [check(outcome) for outcome in outcomes])).verdict


def test_a_scenario_that_broke_off_is_a_failure():
    """What was judged before it does not count alone."""
    findings = found(Finding("s", [check("pass")]))
    findings.notes.append("Locust ended")

    assert ("fail", "Locust ended") == (findings.verdict, findings.sentence)


def test_a_finding_took_as_long_as_the_phase_before_it():
    """Without any phase nobody knows."""
    findings = found()
    findings.add(Finding("first", []))
    findings.phases += [Phase("up", 90.0), Phase("second", 12.5)]
    findings.add(Finding("second", []))

    assert [0.0, 12.5] == [finding.seconds for finding in findings.found]
    assert 102.5 == findings.seconds


def test_a_machine_reads_everything_that_a_person_reads(eventful_session):
    """Outcomes, what they rest on, where the time went, and how to do it again."""
    read = json.loads(results.as_json(eventful_session))

    assert ("fail", "make verify") == (read["verdict"], read["command"])
    assert [("Everything at once", "fail", 131.4)] == [
        (each["title"], each["outcome"], each["seconds"]) for each in read["scenarios"]
    ][:1]
    assert {"name": "process clocks read", "yes": False, "how": "CloudWatch's CPU stands alone"} in read[
        "enforced"
    ]
    assert ["Bringing the stage up", "Everything at once"] == [phase["name"] for phase in read["phases"]]
    assert {"Terraform": "1.11.4", "git revision": "0123456789ab"} == read["versions"]
