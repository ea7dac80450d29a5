import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from tests.unit.verify import runs
from verify.report import chart, html, series
from verify.report.findings import Finding, Findings
from verify.report.terminal import table
from verify.scenarios import autoscaling, lost_task
from verify.timeline import Request
from verify.verdict.check import Check

EVIL = "<script>alert('x')</script> & [bold]"


def found(*findings):
    """A session that began at a known time."""
    return Findings("stage", list(findings), datetime(2026, 1, 1, 12, 0, tzinfo=UTC))


def a_good_session():
    """Both scenarios, as they should be."""
    scaled, lost = runs.autoscaling_run(), runs.lost_task_run()
    return found(
        *(
            Finding(scenario.title, scenario.judge(record), record, scenario.sentence)
            for scenario, record in ((autoscaling.SCENARIO, scaled), (lost_task.SCENARIO, lost))
        )
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page of a good session, in a folder that was not there."""
    return html.write(a_good_session(), tmp_path_factory.mktemp("reports") / "reports" / "verify")


@pytest.fixture(scope="module")
def pictures(written):
    """The charts on that page: of the autoscaling run and of the one with lost tasks."""
    return re.findall("<svg.*?</svg>\n", written.read_text(), re.DOTALL)


def check(outcome, **more):
    """A check with such an outcome."""
    return Check(**{"name": "rule", "outcome": outcome, "figure": "1", "expectation": "two"} | more)


def printed(findings, width=160):
    """What the terminal shows."""
    console = Console(width=width, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(table(findings))
    return captured.get()


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


def test_the_table_holds_every_check_with_its_figure():
    """Whoever runs it reads the figures, not only the colours."""
    text = printed(a_good_session())

    assert all(rule in text for rule in (*autoscaling.SCENARIO.rules, *lost_task.SCENARIO.rules))
    assert "notification-api 2→3→5→6→2" in text
    assert "PASS  Every check passed." in text


def test_a_failed_check_tells_what_was_expected_and_what_broke_it():
    """On the terminal, without opening the report."""
    text = printed(found(Finding("s", [check("fail", detail="only one [of two]")])))

    assert "expected: two" in text
    assert "only one [of two]" in text
    assert "FAIL" in text


@pytest.mark.parametrize("width", [80, 100, 130])
def test_the_table_fits_the_terminal(width):
    """Names and outcomes stay whole on 80 columns, and a figure wraps below itself."""
    lines = printed(a_good_session(), width).splitlines()

    assert max(map(len, lines)) <= width
    column = lines[0].index("figure")
    rules = {line.split()[0]: line for line in lines if line.startswith("  ") and line.strip()}
    for rule in (*autoscaling.SCENARIO.rules, *lost_task.SCENARIO.rules):
        assert rules[rule][:column].split() == [rule, "pass"]
    assert "notification-api 2→3→5→6→2, email-sender 1" in rules["scale_out_steps"]


def test_an_inconclusive_session_says_that_it_is_no_pass():
    """In words."""
    assert "which is no pass" in printed(found(Finding("s", [check("inconclusive")])))


def test_the_page_is_well_formed_and_needs_nothing_beside_it(written):
    """It is mailed around and opened from a build's artefacts."""
    page = written.read_text()

    assert 2 == page.count("<svg")
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page.replace("xlink:href", "href"))
    assert '<h1>Verdict: <span class="pass">pass</span></h1>' in page


def test_nothing_from_outside_is_markup():
    """A service's error text or name may hold anything."""
    run = runs.with_request(runs.autoscaling_run(), Request(runs.real(9), runs.real(9) + 1, 500, error=EVIL))
    run = runs.with_api(run, name=EVIL)
    checks = [check("fail", figure=EVIL, detail=EVIL, expectation=EVIL)]

    page = html.page(found(Finding(EVIL, [*checks, *autoscaling.SCENARIO.judge(run)], run)))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_and_the_results_are_written(written):
    """The folder is made if need be."""
    results = json.loads((written.parent / "results.json").read_text())
    assert "pass" == results["verdict"]
    assert [len(autoscaling.SCENARIO.rules), len(lost_task.SCENARIO.rules)] == [
        len(s["checks"]) for s in results["scenarios"]
    ]
    assert written.read_text().startswith("<!doctype html>")


def test_the_chart_shows_load_cpu_tasks_queue_and_faults(pictures):
    """Four rows over one time axis, the target as a line, each fault by name."""
    _, picture = pictures

    texts = {element.text for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314 - our own SVG
    assert {"requests/s", "CPU %", "tasks", "messages", "target 70 %", "failed"} <= texts
    assert {" SIGKILL email-sender", " ecs.stop_task notification-api", " 95 requests/s"} <= texts
    assert {"AWS minutes", "real seconds"} <= texts


def test_time_is_told_in_aws_minutes_and_in_real_seconds(pictures):
    """38 AWS minutes took 76 seconds; each has its own scale."""
    picture, _ = pictures

    texts = [element.text for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own SVG
    minutes, scale = texts.index("AWS minutes"), ["0", "10", "20", "30", "40", "50", "60", "70"]
    assert ["0", "5", "10", "15", "20", "25", "30", "35"] == texts[minutes - 8 : minutes]
    assert scale == texts[texts.index("real seconds") - len(scale) :][: len(scale)]


def test_starved_minutes_are_grey(written, pictures):
    """Where CPU says nothing, a reader of the chart must see it, and read why."""
    starved = runs.with_timeline(runs.autoscaling_run(), starved_minutes=[runs.moment(12)])

    page = html.page(found(Finding("s", [check("pass")], starved)))

    assert 1 == page.count("<svg")
    assert pictures[0] not in page
    assert "the host was starved" in page
    assert "the host was starved" not in written.read_text()


def test_the_page_begins_with_the_outcome_of_each_scenario():
    """Whoever looks for what broke need not scroll."""
    page = html.page(
        found(Finding("first", [check("pass")] * 2), Finding("second", [check("pass"), check("fail")]))
    )

    head = page[: page.index("<h2")]
    assert ["2 of 2 checks passed", "1 of 2 checks passed"] == re.findall(r"\d of \d checks passed", head)
    assert [("1", "first"), ("2", "second")] == re.findall(r'href="#scenario-(\d)">(\w+)<', head)
    assert ["pass", "fail"] == re.findall(r'class="outcome (\w+)"', head)


def test_the_same_run_makes_the_same_chart(pictures):
    """A report can be compared with another."""
    assert pictures[0] == chart.svg(runs.autoscaling_run())


def test_a_run_without_anything_in_it_still_has_a_chart():
    """It is then that somebody looks for the cause."""
    run = runs.with_timeline(replace(runs.autoscaling_run(), requests=(), marks=()), queue=())

    assert chart.svg(runs.with_api(run, cpu=(), activities=())).startswith("<svg")


def test_rates_are_counted_by_the_second_of_the_answer():
    """20 a second were accepted, and one failed in second 18."""
    run = runs.with_request(runs.autoscaling_run(), Request(runs.real(9), runs.real(9) + 0.1, 503))

    rates = series.rates(run)

    assert 20 == rates.accepted[1][5]
    assert {18: 1} == {second: count for second, count in zip(*rates.failed, strict=True) if count}


def test_a_datapoint_is_drawn_at_the_end_of_its_minute():
    """Before that nobody could know it."""
    run = runs.autoscaling_run()

    assert pytest.approx(2.0) == series.cpu(run.timeline, run.timeline.api)[0][0]


def test_latency_is_read_from_accepted_requests():
    """A refusal is quick and says nothing."""
    run = replace(runs.autoscaling_run(), requests=[Request(0.0, float(n), 202, "n") for n in range(1, 101)])

    assert (51.0, 96.0, 0.0) == (
        series.latency(run, 0.5),
        series.latency(run, 0.95),
        series.latency(replace(run, requests=()), 0.5),
    )
