"""The verdict as one page that needs nothing beside it: no script, no font, no picture from elsewhere."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common.shared_files import write_whole
from verify.record import ScenarioRecord
from verify.report import chart, palette, rows, series
from verify.report.events import events
from verify.report.findings import Findings
from verify.report.junit import as_junit
from verify.report.results import as_json
from verify.report.scale import spoken
from verify.rights.reasons import name_of
from verify.rights.words import otherwise, shown, what

_HERE = Path(__file__).parent
# Further kinds of failure are counted together.
_MAX_FAILURES = 5


def page(findings: Findings) -> str:
    """HTML of the page; everything that came from outside is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("page.html.j2").render(
        findings=findings,
        light=palette.LIGHT,
        dark=palette.DARK,
        chart=chart.chart,
        box=rows.BOX,
        events=events,
        facts=_facts,
        requests=_requests,
        latencies=_latencies,
        name_of=name_of,
        otherwise=otherwise,
        shown=shown,
        what=what,
    )
    return text.lstrip()


def write(findings: Findings, folder: Path) -> Path:
    """Write index.html, results.json and junit.xml; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "results.json", as_json(findings))
    write_whole(folder / "junit.xml", as_junit(findings))
    index = folder / "index.html"
    write_whole(index, page(findings))
    return index


def _facts(record: ScenarioRecord) -> list[tuple[str, str]]:
    """Figures that no rule judges, but that a person wants to see."""
    timeline = record.timeline
    failures = series.failures(record)
    told = [f"{what}: {count}" for what, count in failures[:_MAX_FAILURES]]
    if more := sum(count for _, count in failures[_MAX_FAILURES:]):
        told.append(f"others: {more}")
    return [
        ("requests", _requests(record)),
        ("answered in", f"{_latencies(record)} (median, 99th percentile)"),
        ("not accepted", "; ".join(told) or "none"),
        ("turns missed", f"{record.generator.missed}, while users waited for their answer"),
        ("mails", "out of sight" if record.mails is None else f"{_mails(record)}"),
        ("dead letters", f"{record.dead_letters}"),
        ("lasted", f"{timeline.ended_at - timeline.started_at:.0f} s, {timeline.minutes:.0f} AWS minutes"),
    ]


def _mails(record: ScenarioRecord) -> int:
    """Mails that this scenario asked for: a mailbox has those of the scenarios before it too."""
    asked = {request.id for request in record.requests if request.accepted}
    return sum(mail.notification_id in asked for mail in record.mails or ())


def _requests(record: ScenarioRecord) -> str:
    failed = sum(not request.accepted for request in record.requests)
    return f"{len(record.requests)}" + (f", {failed} not accepted" if failed else "")


def _latencies(record: ScenarioRecord) -> str:
    return ", ".join(spoken(series.latency(record, share)) for share in (series.MEDIAN, series.P99))
