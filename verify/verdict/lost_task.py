"""The verdict on lost tasks."""

from verify.timeline import ScenarioRecord
from verify.verdict import delivery, replacement, requests
from verify.verdict.check import Check
from verify.verdict.trust import judged_with_trust

RULES = (
    "faults_injected",
    "tasks_replaced",
    "accepted_delivered",
    "failed_only_in_flight",
    "few_requests_failed",
    "stop_task_loses_nothing",
    "host_had_room",
)


def judge(record: ScenarioRecord, kinds: tuple[str, ...], replacement_seconds: float) -> list[Check]:
    """Checks of all rules of the scenario, in the order of `RULES`.

    Args:
        record: What was seen.
        kinds: Ways in which a task of each service was to be lost.
        replacement_seconds: Real seconds within which a lost task is replaced.
    """
    checks = [
        replacement.faults_injected(record, kinds),
        replacement.tasks_replaced(record, replacement_seconds),
        delivery.accepted_delivered(record),
        requests.failed_only_in_flight(record),
        requests.few_requests_failed(record),
        requests.stop_task_loses_nothing(record),
    ]
    return judged_with_trust(record, checks)
