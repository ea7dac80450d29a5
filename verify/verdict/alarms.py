"""Which alarms went off, in which order, and whether they came back."""

from collections.abc import Sequence

from verify.record import ScenarioRecord
from verify.verdict.check import Check, judged


def alarms_as_wanted(record: ScenarioRecord) -> Check:
    """Exactly the alarms that the scenario names go off, in its order, and all are back in the end.

    Those that the scenario may set off as well, it may, at any time; they come back as the others do. An
    alarm that has nothing to judge has not gone off: a queue that nobody uses has no datapoints.
    """
    wanted, changes = list(record.wanted_alarms), record.timeline.alarms
    rang = list(dict.fromkeys(change.alarm for change in changes if change.state == "ALARM"))
    went_off = [name for name in rang if name in wanted or name not in record.possible_alarms]
    last = {change.alarm: change for change in changes}
    reasons = {change.alarm: change.reason for change in reversed(changes) if change.state == "ALARM"}
    problems = [f"{name} never went off" for name in wanted if name not in went_off]
    problems += [f"{name} went off: {reasons[name]}" for name in went_off if name not in wanted]
    order = [_rank(name, record) for name in went_off if name in wanted]
    if not problems and order != sorted(order):
        problems.append(f"they went off as {_listed(went_off)}")
    problems += [f"{name} is still in ALARM" for name in rang if name in last and last[name].state == "ALARM"]
    return judged(
        "alarms_as_wanted",
        f"{_listed(wanted)} and no other alarm goes off, in this order"
        + (f" but for {_listed(record.unordered_alarms)}" if record.unordered_alarms else "")
        + ", and comes back"
        if wanted
        else "no alarm goes off",
        _listed(rang),
        problems,
    )


def _rank(name: str, record: ScenarioRecord) -> int:
    """Place of an alarm that is wanted; those whose order is of no matter share one."""
    together = record.unordered_alarms
    return list(record.wanted_alarms).index(together[0] if name in together else name)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
