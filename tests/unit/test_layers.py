import threading

import pytest

from tests import layers
from tests.layers import INCONCLUSIVE, NOT_RUN, Ran, last_line, run_layers, status_of, table
from tests.waiting import START


@pytest.fixture
def run():
    """Runs nothing, and notes in which order it should have."""
    begun = []

    def run(layer, beside):
        begun.append(layer)
        return Ran(layer, 0, 1.0, beside)

    run.begun = begun
    return run


def test_what_measures_no_time_goes_first_and_side_by_side(run):
    """Linters, checkov and the images; then every layer alone, in the order given."""
    ran = list(run_layers(["lint", "checkov", "unit", "apply", "integration"], run))

    assert {"lint", "checkov", "images"} == {one.layer for one in ran if one.beside}
    assert ["unit", "apply", "integration"] == run.begun[3:]


def test_side_by_side_means_at_the_same_time():
    """Each of them waits here for the others."""
    meeting = threading.Barrier(3, timeout=START)

    def run(layer, beside):
        if beside:
            meeting.wait()
        return Ran(layer, 0, 1.0, beside)

    assert 4 == len(list(run_layers(["lint", "checkov", "integration"], run)))


@pytest.mark.parametrize("layer", ["load", "integration", "lint"])
def test_one_layer_is_run_alone(run, layer):
    """There is nothing to prepare beside it."""
    assert [Ran(layer, 0, 1.0)] == list(run_layers([layer], run))


@pytest.mark.parametrize(
    ("statuses", "status", "line"),
    [
        ([0, 0], 0, "Everything passed."),
        ([0, 1], 1, "FAILED: integration."),
        ([2, 1], 2, "FAILED: unit, integration."),
        ([0, NOT_RUN], 0, "tests/integration: NOT RUN"),
        ([1, NOT_RUN], 1, "FAILED: unit."),
        ([0, INCONCLUSIVE], INCONCLUSIVE, "INCONCLUSIVE"),
        ([1, INCONCLUSIVE], 1, "FAILED: unit."),
        ([-9, 0], -9, "FAILED: unit."),
    ],
)
def test_the_status_is_that_of_the_first_layer_that_fails(statuses, status, line):
    """An inconclusive layer passes nothing and fails nothing; one that cannot be run here fails nothing."""
    ran = [Ran(layer, one, 1.0) for layer, one in zip(("unit", "integration"), statuses, strict=True)]

    assert status == status_of(ran)
    assert last_line(ran).startswith(line)


@pytest.mark.parametrize("status", [1, NOT_RUN])
def test_images_that_cannot_be_built_are_the_integration_layers_to_tell(status):
    """It builds them anew, and fails or says that it cannot be run."""
    ran = [Ran("images", status, 1.0, beside=True), Ran("integration", 0, 1.0)]

    assert 0 == status_of(ran)
    assert "Everything passed." == last_line(ran)


def test_the_table_says_where_the_time_went():
    """Each layer with its minutes and what came of it, also when one has failed."""
    ran = [Ran("lint", 0, 61.2, beside=True), Ran("unit", 1, 3599.9), Ran("integration", NOT_RUN, 2.0)]

    assert [
        "  lint             1:01  passed, beside others",
        "  unit            59:59  FAILED (1)",
        "  integration      0:02  NOT RUN",
        "  all             60:02",
    ] == table(ran, 3602).splitlines()


def test_the_table_is_printed_when_a_person_interrupts(monkeypatch, capsys):
    """What has ended until then is in it."""

    def interrupted(_):
        yield Ran("lint", 0, 5.0)
        raise KeyboardInterrupt

    monkeypatch.setattr(layers, "run_layers", interrupted)

    assert 130 == layers.main(["lint"])
    assert "  lint             0:05  passed" in capsys.readouterr().out


@pytest.mark.parametrize("status", [0, 1, NOT_RUN, INCONCLUSIVE])
def test_the_program_prints_table_and_last_line(monkeypatch, capsys, status):
    """They are the end of `make test` and `make verify`, whatever came of it."""
    ran = [Ran("load", status, 5.0)]
    monkeypatch.setattr(layers, "run_layers", lambda _: ran)

    assert status_of(ran) == layers.main(["load"])
    said = capsys.readouterr().out
    assert table(ran, 0).splitlines()[0] in said
    assert last_line(ran) == said.splitlines()[-1]
