"""Events of a scenario in words, and those that last as bars: load, faults, disturbances, alarms, scaling."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from verify.record import Disturbance, Fault, ScenarioRecord
from verify.timeline import AlarmChange, Timeline

Kind = Literal["load", "fault", "disturbance", "alarm", "scaling"]
ALARM = "ALARM"


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        at: Real seconds since the scenario began.
        kind: What sort of thing.
        text: What happened, as a sentence would say it.
    """

    at: float
    kind: Kind
    text: str


@dataclass(frozen=True)
class Bar:
    """Something that lasted.

    Attributes:
        start: Real seconds since the scenario began.
        end: The same.
        label: Short text for the inside of the bar.
        text: All that is known of it.
    """

    start: float
    end: float
    label: str
    text: str


@dataclass(frozen=True)
class Lane:
    """Bars of one thing, which do not overlap unless the thing did.

    Attributes:
        name: The thing.
        kind: What sort of thing.
        bars: Oldest first.
    """

    name: str
    kind: Kind
    bars: Sequence[Bar]


def events(record: ScenarioRecord) -> Sequence[Event]:
    """Everything that happened, oldest first."""
    began = record.timeline.started_at
    found = [Event(mark.at - began, "load", mark.label) for mark in record.marks]
    found += [Event(fault.began_at - began, "fault", fault_text(fault)) for fault in record.faults]
    found += _disturbance_events(record)
    found += _alarm_events(record.timeline)
    found += scaling_events(record.timeline)
    return sorted(found, key=lambda event: event.at)


def scaling_events(timeline: Timeline) -> Sequence[Event]:
    """Scaling activities of both services."""
    return [
        Event(
            timeline.time.unix(activity.started_at) - timeline.started_at,
            "scaling",
            f"{service.name}: desired count set to {activity.desired}",
        )
        for service in timeline.services
        for activity in service.activities
    ]


def lanes(record: ScenarioRecord) -> Sequence[Lane]:
    """Bars of everything that lasted: load, faults by kind and service, disturbances, alarms."""
    return [*_load_lane(record), *_fault_lanes(record), *_disturbance_lanes(record), *_alarm_lanes(record)]


def fault_text(fault: Fault) -> str:
    """A fault, and when its service was whole again."""
    came_back = (
        "never replaced"
        if fault.replaced_at is None
        else f"replaced after {fault.replaced_at - fault.began_at:.1f} s"
    )
    return f"{fault.kind} of a task of {fault.service} ({_id(fault.task_arn)}), {came_back}"


def toxic_text(disturbance: Disturbance) -> str:
    """A disturbance in Toxiproxy's words, with its settings."""
    settings = _settings(disturbance)
    return f"{disturbance.dependency}: {disturbance.toxic}" + (f" ({settings})" if settings else "")


def _settings(disturbance: Disturbance) -> str:
    return ", ".join(f"{name} {value}" for name, value in disturbance.settings.items())


def _load_lane(record: ScenarioRecord) -> Iterator[Lane]:
    began, length = record.timeline.started_at, _length(record.timeline)
    if record.marks:
        starts = [(mark.at - began, mark.label) for mark in record.marks]
        ends = [*(at for at, _ in starts[1:]), length]
        yield Lane(
            "load",
            "load",
            [
                Bar(at, max(at, end), label.replace(" requests/s", "/s").removeprefix("load "), label)
                for (at, label), end in zip(starts, ends, strict=True)
            ],
        )


def _fault_lanes(record: ScenarioRecord) -> Iterator[Lane]:
    began, length = record.timeline.started_at, _length(record.timeline)
    for kind, service in dict.fromkeys((fault.kind, fault.service) for fault in record.faults):
        yield Lane(
            f"{kind}: {service}",
            "fault",
            [
                Bar(
                    fault.began_at - began,
                    length if fault.replaced_at is None else fault.replaced_at - began,
                    "",
                    fault_text(fault),
                )
                for fault in record.faults
                if (fault.kind, fault.service) == (kind, service)
            ],
        )


def _disturbance_lanes(record: ScenarioRecord) -> Iterator[Lane]:
    began, length = record.timeline.started_at, _length(record.timeline)
    for name in dict.fromkeys((each.dependency, each.toxic) for each in record.disturbances):
        yield Lane(
            f"{name[0]}: {name[1]}",
            "disturbance",
            [
                Bar(
                    each.began_at - began,
                    length if each.ended_at is None else each.ended_at - began,
                    _settings(each),
                    toxic_text(each),
                )
                for each in record.disturbances
                if (each.dependency, each.toxic) == name
            ],
        )


def _alarm_lanes(record: ScenarioRecord) -> Iterator[Lane]:
    """A lane for each alarm that went off, and an empty one for each that should have."""
    timeline, length = record.timeline, _length(record.timeline)
    silent = list(record.wanted_alarms)
    for name, changes in _by_alarm(timeline).items():
        bars = []
        for change, after in pairwise([*changes, None]):
            if change is not None and change.state == ALARM:
                end = length if after is None else _at(timeline, after)
                bars.append(Bar(_at(timeline, change), end, "", f"{name}: {change.reason or 'in ALARM'}"))
        if bars:
            silent = [wanted for wanted in silent if not name.endswith(wanted)]
            yield Lane(f"alarm: {name}", "alarm", bars)
    for wanted in silent:
        yield Lane(f"alarm: {wanted}, which was to go off and was silent", "alarm", [])


def _alarm_events(timeline: Timeline) -> Iterator[Event]:
    """Changes into ALARM and out of it; what an alarm was before its first datapoint is nobody's news."""
    for name, changes in _by_alarm(timeline).items():
        for before, change in pairwise([None, *changes]):
            if change is not None and ALARM in {change.state, before.state if before else ""}:
                reason = f" ({change.reason})" if change.reason else ""
                yield Event(_at(timeline, change), "alarm", f"{name}: {change.state}{reason}")


def _disturbance_events(record: ScenarioRecord) -> Iterator[Event]:
    began = record.timeline.started_at
    for each in record.disturbances:
        yield Event(each.began_at - began, "disturbance", f"{toxic_text(each)} began")
        if each.ended_at is not None:
            yield Event(each.ended_at - began, "disturbance", f"{each.dependency}: {each.toxic} ended")


def _by_alarm(timeline: Timeline) -> dict[str, list[AlarmChange]]:
    found: dict[str, list[AlarmChange]] = {}
    for change in timeline.alarms:
        found.setdefault(change.alarm, []).append(change)
    return found


def _at(timeline: Timeline, change: AlarmChange) -> float:
    return timeline.time.unix(change.at) - timeline.started_at


def _length(timeline: Timeline) -> float:
    return timeline.ended_at - timeline.started_at


def _id(task_arn: str) -> str:
    """The beginning of a task's id, by which a log is searched."""
    return task_arn.rpartition("/")[2][:8]
