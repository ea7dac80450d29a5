"""What is made of the load tests' results, and how the runner ends."""

import json

import pytest

from tests.load.mutants import __main__ as program
from tests.load.mutants.fault import Control, Fault
from tests.load.mutants.run import judge
from tests.load.mutants.table import PLACE, counted, known, share, write
from tests.marked import marks

FAULT = Fault("some/1", "It is broken.", "a.py", "a", "b", ("seen", "seen_as_well"))


def check(name, outcome):
    """A check as results.json has it."""
    return {"name": name, "outcome": outcome, "expectation": f"{name} holds", "figure": "2", "detail": ""}


def results(*checks, notes=()):
    """A results.json."""
    return {"scenarios": [{"title": "", "checks": list(checks)}], "notes": list(notes)}


@pytest.mark.parametrize(
    ("found", "verdict", "noticed"),
    [
        (results(check("other", "pass"), check("seen_as_well", "fail")), "killed", "seen_as_well"),
        (results(check("other", "fail"), check("seen", "pass")), "misnamed", None),
        (results(check("other", "pass"), check("seen", "inconclusive")), "inconclusive", None),
        (results(check("other", "fail"), check("seen", "inconclusive")), "misnamed", None),
        (results(check("other", "inconclusive"), check("seen", "fail")), "killed", "seen"),
        (results(check("other", "pass"), check("seen", "pass")), "survived", None),
        (results(notes=["stage: it does not come up"]), "refused", None),
        (None, "refused", None),
    ],
)
def test_only_a_red_check_that_names_it_kills(found, verdict, noticed):
    """Starved or not; a run without a verdict says nothing."""
    outcome = judge(FAULT, found, "the last words")

    assert (verdict, noticed) == (outcome.verdict, outcome.noticed)


def test_what_was_said_is_kept():
    """The red check's sentence, or why there was none."""
    assert {"seen": "seen holds; found 2"} == judge(FAULT, results(check("seen", "fail")), "").red
    assert "no verdict" == judge(FAULT, None, "no verdict").refused
    assert "stage: gone" == judge(FAULT, results(notes=["stage: gone"]), "words").refused


def told(*verdicts):
    """Outcomes with these verdicts."""
    return [
        {
            "name": f"some/{number}",
            "fault": "It is.",
            "verdict": one,
            "red": {},
            "refused": "",
            "seconds": 3.0,
        }
        for number, one in enumerate(verdicts, 1)
    ]


@pytest.mark.parametrize(
    ("verdicts", "part"),
    [
        (["killed", "killed", "misnamed", "survived"], 0.5),
        (["killed", "refused", "inconclusive"], 1.0),
        (["refused"], 0.0),
        ([], 0.0),
    ],
)
def test_the_share_is_of_those_that_a_check_could_name(verdicts, part):
    """What could not come up, or was left open, is told apart."""
    assert part == share(told(*verdicts))
    assert f"{len(verdicts)} faults" in counted(told(*verdicts))


def test_the_page_has_a_row_for_each_in_order(tmp_path):
    """And nothing else of the page is changed."""
    page = tmp_path / "page.md"
    begin, end = marks(PLACE)
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")

    write(page, told(*["killed"] * 10)[::-1], 12)

    lines = page.read_text().splitlines()
    rows = [line.split(" | ")[0] for line in lines if line.startswith("| some/")]
    assert [f"| some/{number}" for number in range(1, 11)] == rows
    assert ("before", "after") == (lines[0], lines[-1])


@pytest.fixture
def ran(monkeypatch, tmp_path):
    """Runs the program on faults of two scenarios with made-up results; gives its status and the order."""
    faults = [FAULT, Fault("some/2", "It too.", "a.py", "a", "b", ("seen",), "other")]
    report = tmp_path / "report.json"

    def run(answer):
        order = []
        monkeypatch.setattr(program, "read_faults", lambda *_: faults)

        def try_fault(one, *_):
            order.append((one.name, one.scenario))
            return judge(one, answer(one), "")

        monkeypatch.setattr(program, "try_fault", try_fault)
        return program.main(["--kept", "file", "--report", str(report)]), order, known(report)

    return run


def test_each_scenario_begins_with_a_control(ran):
    """What fails anyway notices nothing."""

    def answer(one):
        return results(check("seen", "pass" if isinstance(one, Control) else "fail"))

    status, order, outcomes = ran(answer)

    assert 0 == status
    assert [
        ("control", "autoscaling"),
        ("some/1", "autoscaling"),
        ("control", "other"),
        ("some/2", "other"),
    ] == order
    assert {"some/1": "killed", "some/2": "killed"} == {
        name: one["verdict"] for name, one in outcomes.items()
    }
    assert json.dumps(outcomes)


@pytest.mark.parametrize("outcome", ["fail", "inconclusive"])
def test_a_control_that_does_not_pass_makes_the_run_void(ran, outcome):
    """Nothing after it is tried."""
    status, order, outcomes = ran(lambda _: results(check("seen", outcome)))

    assert (1, [("control", "autoscaling")], {}) == (status, order, outcomes)


def test_too_few_noticed_is_a_failure(ran):
    """One of two is not enough."""

    def answer(one):
        return results(check("seen", "fail" if one.name == "some/1" else "pass"))

    assert 1 == ran(answer)[0]
