from xml.etree import ElementTree as ET

import pytest

from tests.unit.verify.report.sessions import EVIL, check, found
from verify.report.findings import Finding
from verify.report.junit import as_junit

CHECKS = [
    check("pass", name="one"),
    check("fail", name="two", detail="late"),
    check("inconclusive", name="three"),
]


def parsed(findings):
    """The file as a build server reads it."""
    return ET.fromstring(as_junit(findings))  # noqa: S314 - our own XML


def counts(element):
    """Cases of each kind, as a suite says."""
    return [int(element.get(name)) for name in ("tests", "failures", "errors", "skipped")]


def kinds(element):
    """Each case with the kind and type of what came of it."""
    return [
        (case.get("name"), next((one.tag, one.get("type")) for one in case))
        for case in element.iter("testcase")
    ]


def test_each_check_is_a_case_and_an_inconclusive_one_is_no_failure():
    """It is skipped, with a type of its own."""
    assert [
        ("one", ("system-out", None)),
        ("two", ("failure", "check")),
        ("three", ("skipped", "inconclusive")),
    ] == kinds(parsed(found(Finding("s", CHECKS))))


def test_a_starved_session_has_no_failure():
    """A build server that counts failures has none to blame the code for, and no pass either."""
    suites = parsed(found(Finding("s", [check("inconclusive"), check("inconclusive", name="other")])))

    assert [2, 0, 0, 2] == counts(suites)
    assert ["inconclusive"] == [
        one.get("value") for one in suites.iter("property") if one.get("name") == "verdict"
    ]


def test_suites_are_counted_one_by_one_and_together():
    """As the format asks."""
    suites = parsed(found(Finding("first", CHECKS), Finding("second", CHECKS[:1], seconds=12.5)))

    assert [[3, 1, 0, 1], [1, 0, 0, 0]] == [counts(suite) for suite in suites]
    assert [4, 1, 0, 1] == counts(suites)
    assert ["0.000", "12.500"] == [suite.get("time") for suite in suites]


def test_a_failure_says_what_was_expected_and_found():
    """In the line that a build server shows first."""
    failure = next(parsed(found(Finding("s", CHECKS))).iter("failure"))

    assert "two; found 1 (late)" == failure.get("message")


def test_what_could_not_be_judged_is_an_error():
    """Else a session that broke off at its beginning would be an empty file, which passes."""
    findings = found()
    findings.notes.append("Locust ended")
    suites = parsed(findings)

    assert [1, 0, 1, 0] == counts(suites)
    assert "Locust ended" == next(suites.iter("error")).get("message")


def test_versions_and_the_command_are_properties(eventful_session):
    """Build servers show them beside a suite."""
    named = {one.get("name"): one.get("value") for one in parsed(eventful_session)[0].iter("property")}

    assert {
        "target": "stage",
        "command": "make verify",
        "Terraform": "1.11.4",
        "verdict": "fail",
    }.items() <= (named.items())


@pytest.mark.parametrize("text", [EVIL, "nul \x00, escape \x1b[31m, \ufffe"])
def test_no_text_breaks_the_file(text):
    """A service's error may hold anything; what XML cannot hold is replaced."""
    suites = parsed(found(Finding(text, [check("fail", figure=text, detail=text)])))

    assert text.translate({0: "�", 27: "�", 0xFFFE: "�"}) == suites[0].get("name")
