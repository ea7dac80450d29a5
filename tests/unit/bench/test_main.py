import json

import pytest

from tests.bench import __main__ as program
from tests.bench.errors import BenchError
from tests.bench.figures import Round, summary
from tests.bench.results import Results
from tests.bench.targets import CELERY, FLOOR, OURS
from tests.marked import marks


def results(ours):
    """A run of the sender's part, Celery at 100 a second."""
    rates = {FLOOR: 900, CELERY: 100, OURS: ours}
    return Results(sender={name: summary(name, [Round(rate, 1.0, 1.0, 2.0)]) for name, rate in rates.items()})


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the program with made-up results, in a folder of its own; its exit code and what was measured."""
    monkeypatch.setattr(program, "REPORT", tmp_path)
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "performance.md")
    begin, end = marks(program.PLACE)
    (tmp_path / "performance.md").write_text(f"before\n{begin}\nold\n{end}\nafter\n")

    def run(found, *options):
        wanted = []

        def measured(parts):
            wanted.extend(sorted(parts))
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(program, "_measured", measured)
        monkeypatch.setattr("sys.argv", ["bench", *options])
        return program.main(), wanted

    return run


@pytest.mark.parametrize(
    ("ours", "code", "said"), [(500, 0, ""), (499, 1, "MISSED  sender, times Celery: 4.99, not 5.00")]
)
def test_a_missed_target_is_told_and_is_an_error(run, capsys, ours, code, said):
    """A pipeline sees it by the exit code, a person by the sentence."""
    assert (code, ["api", "calls", "sender"]) == run(results(ours))
    shown = capsys.readouterr().out
    assert said in shown
    assert bool(said) is ("MISSED" in shown)


def test_no_figures_are_another_error(run, capsys, tmp_path):
    """Nothing is written then."""
    assert 2 == run(BenchError("celery has ended"))[0]
    assert "No figures: celery has ended" in capsys.readouterr().out
    assert not (tmp_path / "results.json").exists()


def test_a_part_can_be_measured_alone(run, tmp_path):
    """Its results are a file; the document keeps its tables."""
    assert (0, ["sender"]) == run(results(700), "--only", "sender")
    assert 7.0 == json.loads((tmp_path / "results.json").read_text())["targets"][0]["figure"]
    assert "old" in (tmp_path / "performance.md").read_text()


def test_the_document_gets_all_tables_or_none(run, tmp_path):
    """Tables of two runs side by side would compare nothing."""
    with pytest.raises(SystemExit):
        run(results(700), "--write", "--only", "sender")
    assert "old" in (tmp_path / "performance.md").read_text()

    run(results(700), "--write")

    written = (tmp_path / "performance.md").read_text()
    assert "| sender, times Celery | at least 5.00 | 7.00 | met |" in written
    assert "old" not in written
