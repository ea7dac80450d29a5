"""The verdict as JUnit XML, as build servers read it.

A check that a starved host leaves open is a skipped test case of the type `inconclusive`: readers of the
format know passed, failed, broken and skipped, and it is neither a pass nor a failure of the code.
https://github.com/testmoapp/junitxml
"""

from xml.etree import ElementTree as ET

from verify.report.findings import Finding, Findings
from verify.verdict.check import Check

INCONCLUSIVE = "inconclusive"
# What XML 1.0 cannot hold, even escaped (https://www.w3.org/TR/xml/#charsets).
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


def as_junit(findings: Findings) -> str:
    """A suite for each scenario and a test case for each check; what could not be judged is an error."""
    suites = ET.Element("testsuites", name="verify", time=f"{findings.seconds:.3f}")
    for finding in findings.found:
        suites.append(_suite(finding, findings))
    if findings.notes:
        suite = ET.SubElement(suites, "testsuite", name="Not judged", timestamp=_timestamp(findings))
        for note in findings.notes:
            case = ET.SubElement(suite, "testcase", classname="verify", name="judged", time="0")
            ET.SubElement(case, "error", type="NotJudged", message=_clean(note))
    for counted in (*suites, suites):
        _count(counted)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(finding: Finding, findings: Findings) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=_clean(finding.title),
        time=f"{finding.seconds:.3f}",
        timestamp=_timestamp(findings),
    )
    properties = ET.SubElement(suite, "properties")
    facts = {"verdict": finding.outcome, "target": findings.target, "command": findings.command}
    for name, value in (facts | dict(findings.versions)).items():
        ET.SubElement(properties, "property", name=_clean(name), value=_clean(value))
    for check in finding.checks:
        suite.append(_case(finding, check))
    return suite


def _case(finding: Finding, check: Check) -> ET.Element:
    # All checks of a scenario come of one run, whose time is the suite's.
    case = ET.Element("testcase", classname=_clean(f"verify.{finding.title}"), name=check.name, time="0")
    message = _clean(
        f"{check.expectation}; found {check.figure}" + (f" ({check.detail})" if check.detail else "")
    )
    match check.outcome:
        case "fail":
            failure = ET.SubElement(case, "failure", type="check", message=message)
            failure.text = message
        case "inconclusive":
            ET.SubElement(case, "skipped", type=INCONCLUSIVE, message=message)
        case "pass":
            ET.SubElement(case, "system-out").text = message
    return case


def _count(element: ET.Element) -> None:
    """Write into a suite how many cases of which kind are in it."""
    element.set("tests", f"{len(element.findall('.//testcase'))}")
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, f"{len(element.findall(f'.//{tag}'))}")


def _timestamp(findings: Findings) -> str:
    return findings.began_at.strftime("%Y-%m-%dT%H:%M:%S")


def _clean(text: str) -> str:
    return text.translate(_FORBIDDEN)
