import json

import pytest
from rich.console import Console

from ops.bake.answer import Baked
from ops.exit_status import ExitStatus
from tests.unit.documents import cells
from tests.unit.ops.bake.figures import candidate, evidence, mails

WORSE = {"failed": 20, "requests": 500}
LITTLE = ({"requests": 20, "minutes": 8}, {"requests": 180, "minutes": 8})
FEW = mails({"requests": 1}, {"requests": 2}, minutes=5, together_minutes=5)


def terminal(answer):
    """What a terminal shows."""
    console = Console(width=120)
    with console.capture() as captured:
        console.print(answer.drawn())
    return captured.get()


@pytest.mark.parametrize(
    ("figures", "status"),
    [
        (candidate(evidence(), mails()), ExitStatus.DONE),
        (candidate(evidence()), ExitStatus.DONE),
        (candidate(evidence(WORSE), mails()), ExitStatus.FOUND),
        (candidate(evidence(), mails(WORSE)), ExitStatus.FOUND),
        (candidate(evidence(*LITTLE), mails(WORSE)), ExitStatus.FOUND),
        (candidate(evidence(*LITTLE), mails()), ExitStatus.NOT_ENOUGH),
        (candidate(evidence(), FEW), ExitStatus.NOT_ENOUGH),
        (candidate(evidence({"minutes": 0}, {"minutes": 0}), mails()), ExitStatus.NOT_ENOUGH),
    ],
    ids=[
        *("pass", "one service passes", "requests fail", "mails fail", "mails fail of little"),
        *("little", "few mails", "nothing"),
    ],
)
def test_the_verdict_is_the_status_and_comes_first(figures, status):
    """In all three forms; JSON holds all of it."""
    answer = Baked.of(figures)
    words = {0: "pass", 2: "fail", 3: "not enough evidence"}

    assert status == answer.status
    assert terminal(answer).startswith(words[status].upper())
    assert answer.markdown().startswith(f"**{words[status].capitalize()}**\n")
    assert words[status] == json.loads(json.dumps(answer.data()))["verdict"]


def test_figures_of_both_sides_are_shown_with_their_tests():
    """Whoever doubts the verdict finds what it rests on, service by service."""
    requests = evidence(WORSE, {"requests": 4500, "failed": 9, "alarms": ["n-error-rate"]})
    answer = Baked.of(candidate(requests, mails({"refused": 2}, {"refused": 2})))

    latency = "p = 0.52 if equal, p \\< 0.0001 if harmful"

    assert [
        ["notification-api: fail", "canary", "stable", "test"],
        ["---", "---", "---", "---"],
        ["requests", "5,000", "45,000", ""],
        [
            "failed",
            "200 = 4.00% (3.47% to 4.58%)",
            "90 = 0.20% (0.16% to 0.25%)",
            "p \\< 0.0001 if equal, at most 4.3 points more",
        ],
        ["p50, median of 10 periods of 1 min", "20.1 ms", "20.1 ms", latency],
        ["p99, median of 10 periods of 1 min", "100 ms", "100 ms", latency],
        ["alarms", "none", "n-error-rate", ""],
        [""],
        ["email-sender: pass", "canary", "stable", "test"],
        ["---", "---", "---", "---"],
        ["mails", "5,000", "5,000", ""],
        [
            "failed",
            "0 = 0.00% (0.00% to 0.07%)",
            "0 = 0.00% (0.00% to 0.07%)",
            "p = 1 if equal, at most 0.06 points more",
        ],
        [
            "refused",
            "20 = 0.40% (0.24% to 0.62%)",
            "20 = 0.40% (0.24% to 0.62%)",
            "p = 0.69 if equal, at most 0.23 points more",
        ],
        ["p50, median of 10 periods of 1 min", "20.1 ms", "20.1 ms", latency],
        ["p99, median of 10 periods of 1 min", "100 ms", "100 ms", latency],
        ["alarms", "none", "none", ""],
    ] == [cells(line) for line in answer.markdown().splitlines()[-16:]]
    for cell in ("45,000", "200 = 4.00% (3.47% to 4.58%)", "20.1 ms", "n-error-rate", "email-sender: pass"):
        assert cell in terminal(answer)


def test_figures_are_numbers_to_a_machine():
    """Seconds, failures a request, probabilities, by the services' names."""
    data = Baked.of(candidate(evidence(WORSE), mails({"refused": 5, "lost_tasks": 1}))).data()
    requests, sent = data["services"]["notification-api"], data["services"]["email-sender"]

    assert ("fail", "fail", "pass") == (data["verdict"], requests["verdict"], sent["verdict"])
    assert {
        "requests": 5000,
        "failed": 200,
        "refused": 0,
        "minutes": 10,
        "minutes_without_tasks": 0,
        "lost_tasks": 0,
        "alarms": [],
    } == requests["canary"]
    assert (50, 1) == (sent["canary"]["refused"], sent["canary"]["lost_tasks"])
    failed = requests["failures"]["failed"]
    assert (200, 5000, 0, 5000) == tuple(
        failed[name] for name in ("canary_failed", "canary_requests", "stable_failed", "stable_requests")
    )
    assert failed["canary_bounds"][0] < 0.04 < failed["canary_bounds"][1]
    assert failed["p"] < 1e-9
    assert (["failed"], ["failed", "refused"]) == (list(requests["failures"]), list(sent["failures"]))
    assert ["p50", "p99"] == [one["name"] for one in requests["latency"]]
    assert (10, 1, pytest.approx(0.0201)) == tuple(
        requests["latency"][0][name] for name in ("count", "minutes", "canary")
    )
    assert requests["further"] is None


def test_what_is_lacking_is_told_in_requests_and_minutes():
    """A person wants to know whether to wait or to give the canary more weight."""
    answer = Baked.of(candidate(evidence(*LITTLE), mails()))
    told = answer.data()["services"]["notification-api"]["further"]
    sentence = (
        f"notification-api: about {told['requests']:,} more requests of the canary would tell:"
        f" {told['minutes']} minutes"
    )

    assert 430 <= told["requests"] <= 460
    assert sentence in answer.markdown()
    assert sentence in terminal(answer)


def test_few_mails_are_lacking_as_mails():
    """Of the service that lacks them."""
    answer = Baked.of(candidate(evidence(), FEW))

    assert "email-sender: about 4 more mails of the canary would tell: 4 minutes" in answer.markdown()


def test_a_canary_without_requests_never_has_enough():
    """It is no use to wait for it."""
    answer = Baked.of(candidate(evidence({"minutes": 0}, share=0.1), mails()))

    assert "never at the present rate" in answer.markdown()


def test_an_early_look_neither_passes_nor_lacks_requests():
    """Time is all that is lacking."""
    answer = Baked.of(candidate(evidence(), mails()), early=9)

    assert ExitStatus.NOT_ENOUGH == answer.status
    assert [None, None] == [part.further for part in answer.parts]


def test_reasons_are_those_of_the_verdict():
    """That mails are few, or fare well, is no reason why a release is taken back."""
    assert ["notification-api"] == services_of(Baked.of(candidate(evidence(WORSE), FEW)))
    assert ["email-sender"] == services_of(Baked.of(candidate(evidence(), FEW)))
    assert ["notification-api", "email-sender"] == services_of(Baked.of(candidate(evidence(), mails())))


def services_of(answer):
    """Services that its reasons speak of."""
    return list(dict.fromkeys(reason.partition(":")[0] for reason in answer.reasons))


def test_a_service_without_a_canary_is_never_passed_in_silence():
    """In all three forms, whatever becomes of the other."""
    answer = Baked.of(candidate(evidence(), without_canary=["email-sender"]))
    sentence = "email-sender: no canary of it is known, so it is not compared"

    assert ExitStatus.DONE == answer.status
    assert sentence in answer.markdown()
    assert sentence in terminal(answer)
    assert sentence in answer.reasons
    assert ["email-sender"] == answer.data()["without_canary"]


@pytest.mark.parametrize(
    ("canary", "stable", "expected"), [((), (), False), (("a",), (), True), (("a",), ("b",), False)], ids=str
)
def test_a_candidate_is_alarmed_if_a_canary_alone_is(canary, stable, expected):
    """Of whichever service."""
    sides = {"alarms": canary}, {"alarms": stable}

    assert expected == Baked.of(candidate(evidence(*sides), mails())).alarmed
    assert expected == Baked.of(candidate(evidence(), mails(*sides))).alarmed
