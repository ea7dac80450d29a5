from pathlib import Path

import pytest
import yaml

from ops.bake.answer import Baked
from ops.bake.compare import MIN_LATENCIES
from ops.bake.judge import FALSE_ALARMS, LAST, Look, Verdict
from ops.bake.significance import slower
from ops.bake.work import MAILS, REQUESTS
from tests.unit.ops.bake.figures import candidate, evidence, mails

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case_gets_its_verdict_for_its_reason(case):
    """What is to be said of a canary is written down beforehand."""
    of = [evidence(case.get("canary"), case.get("stable"), share=case.get("share"))]
    if "mails" in case:
        of.append(mails(**case["mails"]))

    baked = Baked.of(candidate(*of, without_canary=case.get("without_canary", ())), case.get("early", 0))

    assert (case["verdict"], True) == (
        baked.verdict,
        any(case["reason"] in reason for reason in baked.reasons),
    ), baked.reasons


def test_the_record_has_cases_of_every_verdict():
    """A record of one kind would prove little."""
    assert set(Verdict) == {Verdict(case["verdict"]) for case in CASES}
    assert len(CASES) == len({case["case"] for case in CASES})


@pytest.mark.parametrize("early", [1, 9, 60])
def test_all_looks_together_raise_no_more_false_alarms_than_a_bake_may(early):
    """They are shared out beforehand, since at worst they add up."""
    parts = [measure.part for work in (REQUESTS, MAILS) for measure in work.measures]
    parts += [work.latency_part for work in (REQUESTS, MAILS) for _ in ("p50", "p99")]

    looks = [Look(early)] * early + [LAST]

    assert pytest.approx(FALSE_ALARMS) == sum(look.level * part for look in looks for part in parts)


def test_the_look_at_the_end_has_nearly_all_of_it():
    """Or looking early would cost what is found at the end."""
    assert pytest.approx(0.0076) == LAST.level * REQUESTS.measures[0].part


def test_seven_latencies_can_tell():
    """Ranks of fewer are too likely for what a latency may raise."""
    canary, stable = range(MIN_LATENCIES, 2 * MIN_LATENCIES), range(MIN_LATENCIES)

    for work in (REQUESTS, MAILS):
        assert slower(canary, stable) <= LAST.level * work.latency_part
        assert slower(canary[1:], stable[1:]) > LAST.level * work.latency_part
