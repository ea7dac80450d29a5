import threading

import pytest

from tests import layers
from tests.layers import INCONCLUSIVE, NOT_RUN, Ran, last_line, run_layers, side_by_side, status_of, table
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


def test_all_of_a_test_run_goes_side_by_side(run):
    """One lane is shown as it comes; the others run beside it."""
    asked = ["lint", "checkov", "unit", "properties", "functional", "plan", "apply", "integration"]
    ran = list(run_layers(asked, run))

    assert {"images", "integration", "checkov", "properties", "apply", "plan"} == {
        one.layer for one in ran if one.beside
    }
    assert sorted([*asked, "images"]) == sorted(one.layer for one in ran)


def test_a_lane_runs_one_layer_after_the_other(run):
    """Images come before the tests that need them."""
    list(run_layers(["functional", "unit", "plan", "integration", "lint", "apply", "checkov"], run))

    for lane in (["lint", "unit", "functional"], ["images", "integration", "checkov"], ["apply", "plan"]):
        assert lane == [layer for layer in run.begun if layer in lane]


def test_what_is_in_no_lane_has_the_machine_to_itself(run):
    """A load test measures the machine as well."""
    ran = list(run_layers(["load", "lint", "apply"], run))

    assert "load" == run.begun[-1]
    assert {"lint": False, "apply": True, "load": False} == {one.layer: one.beside for one in ran}


def test_a_result_is_there_before_the_other_lanes_end():
    """Whoever waits sees what has failed."""
    seen = threading.Event()

    def run(layer, beside):
        if layer == "lint":
            assert seen.wait(START)
        return Ran(layer, 0, 1.0, beside)

    results = run_layers(["lint", "checkov"], run)
    assert "checkov" == next(results).layer
    seen.set()
    assert ["lint"] == [one.layer for one in results]


def test_what_goes_wrong_in_a_lane_is_not_lost():
    """A program that cannot be started is an error here as well."""

    def run(layer, beside):
        if layer == "checkov":
            raise FileNotFoundError("tox")
        return Ran(layer, 0, 1.0, beside)

    with pytest.raises(FileNotFoundError, match="tox"):
        list(run_layers(["lint", "checkov"], run))


def test_after_an_interrupt_no_further_layer_begins():
    """What runs ends by itself; what would come after it in its lane does not begin."""
    begun, interrupted = [], threading.Event()

    def run(layer, beside):
        begun.append(layer)
        assert layer == "checkov" or interrupted.wait(START)
        return Ran(layer, 0, 1.0, beside)

    results = side_by_side([["lint", "unit"], ["checkov"]], run, interrupted)
    assert "checkov" == next(results).layer
    # As an interrupt ends the loop that takes the results; it waits for what runs.
    results.close()

    assert ["checkov", "lint"] == sorted(begun)


def test_side_by_side_means_at_the_same_time():
    """The first of each lane waits here for the other."""
    meeting = threading.Barrier(2, timeout=START)

    def run(layer, beside):
        if layer in {"lint", "checkov"}:
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
