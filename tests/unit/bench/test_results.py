import json

import pytest
from rich.console import Console

from tests.bench.figures import Round, summary
from tests.bench.measure.calls import Calls
from tests.bench.results import Results
from tests.bench.targets import CELERY, FLOOR, NOOP, OURS, PLAIN


@pytest.fixture
def results():
    """All that a run can find, one target missed."""

    def candidate(name, rate):
        return summary(name, [Round(rate + more, 1.0, 2.5, 12.0) for more in (200, -100, 0)])

    return Results(
        api={
            name: candidate(name, rate)
            for name, rate in ((FLOOR, 9000), (NOOP, 8000), (PLAIN, 1000), (OURS, 5000))
        },
        sender={name: candidate(name, rate) for name, rate in ((FLOOR, 4000), (CELERY, 500), (OURS, 2500))},
        calls=[
            Calls(
                offered=1000,
                reached=800,
                notifications=6400,
                send=0.125,
                receive=0.25,
                settle=0.5,
                p50=7.0,
                p99=30.0,
                mail_p50=60.0,
                mail_p99=120.0,
            )
        ],
    )


def test_a_document_gets_figures_targets_and_the_command(results):
    """One line a candidate, a rate and a target."""
    lines = results.markdown().splitlines()

    assert "| ours | 5,000 | 4,900 to 5,200 | 200 \u00b5s | 2.5 ms | 12.0 ms |" in lines
    assert "| 1,000 (800 reached) | 0.12 | 0.25 | 0.50 | 0.88 | 7 ms | 30 ms | 60 ms | 120 ms |" in lines
    assert "| API, times the plain boto3 route | at least 6.00 | 5.00 | missed |" in lines
    assert "| sender, times Celery | at least 5.00 | 5.00 | met |" in lines
    assert "tox -e bench -- --write" in lines[-1]


def test_a_terminal_gets_the_same(results):
    """Whoever waits need not open a file."""
    console = Console(width=120)
    with console.capture() as shown:
        console.print(results.terminal())

    assert all(word in shown.get() for word in ("no-op route", "5,000", "800 reached", "missed"))


def test_a_file_gets_everything(results, tmp_path):
    """As JSON, with what it was measured on."""
    document = json.loads(results.write(tmp_path / "bench").read_text())

    assert {"machine", "api", "sender", "sqs_requests", "targets"} == document.keys()
    assert 0.875 == document["sqs_requests"][0]["total"]
    assert [False, True, True, True, True] == [target["met"] for target in document["targets"]]


def test_what_was_left_out_is_left_out():
    """No table without figures."""
    assert "|" not in Results().markdown()
