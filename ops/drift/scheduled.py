"""Bounds of tasks that scheduled actions set, behind Terraform's back."""

from ops.drift.state import State


def bounds(state: State, resource_id: str) -> list[tuple[int, int]]:
    """Minimum and maximum that each declared action sets; one that it leaves alone is the target's own."""
    target = state.one_by("aws_appautoscaling_target", "resource_id", resource_id)
    if target is None:
        return []
    found = []
    for action in state.of("aws_appautoscaling_scheduled_action"):
        if action["resource_id"] != resource_id:
            continue
        (sets,) = action["scalable_target_action"] or [{}]
        found.append(
            (
                _number(sets.get("min_capacity"), target["min_capacity"]),
                _number(sets.get("max_capacity"), target["max_capacity"]),
            )
        )
    return found


def in_force(state: State, resource_id: str, minimum: int, maximum: int) -> bool:
    """Whether these bounds are those of a declared action."""
    return (int(minimum), int(maximum)) in bounds(state, resource_id)


def _number(value: object, otherwise: int) -> int:
    """The provider keeps what an action leaves alone as nothing or as an empty text."""
    return int(otherwise) if value in (None, "") else int(str(value))
