"""The verdict on scale-out and scale-in."""

from verify.timeline import ScenarioRecord
from verify.verdict import delivery, fleet, policies, requests, scaling
from verify.verdict.check import Check
from verify.verdict.trust import judged_with_trust

RULES = (
    "policy_target",
    "load_drove_cpu",
    "scaled_out",
    "scale_out_steps",
    "desired_explained",
    "running_followed",
    "settled",
    "scale_in_steps",
    "back_at_minimum",
    "no_request_failed",
    "accepted_delivered",
    "host_had_room",
)


def judge(record: ScenarioRecord, follow_seconds: float) -> list[Check]:
    """Checks of all rules of the scenario, in the order of `RULES`.

    Args:
        record: What was seen.
        follow_seconds: Real seconds within which tasks start or stop.
    """
    timeline = record.timeline
    checks = [
        policies.policy_target(timeline),
        scaling.load_drove_cpu(timeline),
        scaling.scaled_out(timeline),
        scaling.scale_out_steps(timeline),
        fleet.desired_explained(timeline),
        fleet.running_followed(timeline, follow_seconds),
        scaling.settled(timeline, record.high_load[1]),
        scaling.scale_in_steps(timeline),
        fleet.back_at_minimum(timeline),
        requests.no_request_failed(record),
        delivery.accepted_delivered(record),
    ]
    return judged_with_trust(record, checks)
