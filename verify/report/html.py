"""The verdict as one page that needs nothing beside it."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stage.host.shared_files import write_whole
from verify.report import chart, series
from verify.report.findings import Finding, Findings
from verify.report.results import as_json
from verify.timeline import ScenarioRecord

_HERE = Path(__file__).parent


def page(findings: Findings) -> str:
    """HTML of the page; everything that came from outside is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html.j2")
    return template.render(findings=findings, picture=_picture, facts=_facts)


def write(findings: Findings, folder: Path) -> Path:
    """Write index.html and results.json; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "results.json", as_json(findings))
    index = folder / "index.html"
    write_whole(index, page(findings))
    return index


def _picture(finding: Finding) -> Markup:
    # matplotlib escapes the texts that it writes into the SVG.
    return Markup(chart.svg(finding.record)) if finding.record else Markup()  # noqa: S704 - see above


def _facts(finding: Finding) -> list[tuple[str, str]]:
    """Figures that no rule judges, but that a person wants to see."""
    record = finding.record
    if record is None:
        return []
    timeline = record.timeline
    return [
        ("requests", f"{len(record.requests)}"),
        (
            "answered in",
            f"{_milliseconds(record, 0.5)} (median), {_milliseconds(record, 0.95)} (95th percentile)",
        ),
        ("turns missed", f"{record.generator.missed}, while users waited for their answer"),
        ("lasted", f"{timeline.ended_at - timeline.started_at:.0f} s, {timeline.minutes:.0f} AWS minutes"),
    ]


def _milliseconds(record: ScenarioRecord, share: float) -> str:
    return f"{series.latency(record, share) * 1000:.0f} ms"
