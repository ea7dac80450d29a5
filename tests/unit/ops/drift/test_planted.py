"""Drifts that are planted in an emulated AWS, and those alone, are found and named."""

import pytest

from ops.drift.sources import look
from ops.drift.state import State
from tests.unit.ops.drift import planted, planted_beside
from tests.unit.ops.drift.system import SECRET

PLANTED = (*planted.PLANTED, *planted_beside.PLANTED)


@pytest.mark.parametrize(
    ("plant", "resource", "attribute"),
    [one[1:] for one in PLANTED],
    ids=[one[0].replace(" ", "-") for one in PLANTED],
)
def test_a_planted_drift_is_named(system, plant, resource, attribute):
    """By its resource and its attribute; every source can be read all the same."""
    state = State(system.document())
    plant(system)
    found, failed = look(system.client, state)

    assert [] == failed
    assert SECRET not in repr(found)
    told = [(one.resource, one.attribute) for one in found]
    assert any(resource in where and what.startswith(attribute) for where, what in told), told
