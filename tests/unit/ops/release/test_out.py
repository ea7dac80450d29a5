"""Versions that are out, read from outputs and written as variables."""

import pytest

from ops.errors import OpsError
from ops.release.out import Canary, Out

NONE = {"image_tag": None, "weight": 0, "sender_tasks": 0, "service_name": None}


@pytest.mark.parametrize(
    ("outputs", "out"),
    [
        ({"image_tag": "1.4.0", "canary": NONE}, Out("1.4.0")),
        (
            {"image_tag": "1.4.0", "canary": {"image_tag": "1.5.0", "weight": 10, "sender_tasks": 2}},
            Out("1.4.0", Canary("1.5.0", 10, 2)),
        ),
    ],
)
def test_outputs_tell_what_is_out(outputs, out):
    """With a candidate or without."""
    assert out == Out.of(outputs)


@pytest.mark.parametrize("outputs", [{}, {"image_tag": "1"}, {"image_tag": "1", "canary": {"weight": 0}}])
def test_an_older_root_module_is_told(outputs):
    """Its outputs do not say it."""
    with pytest.raises(OpsError, match="apply this version"):
        Out.of(outputs)


@pytest.mark.parametrize(
    ("out", "variables"),
    [
        (Out("1.4.0"), {"image_tag": "1.4.0", "canary": None}),
        (
            Out("1.4.0", Canary("1.5.0", 10, 2)),
            {"image_tag": "1.4.0", "canary": {"image_tag": "1.5.0", "weight": 10, "sender_tasks": 2}},
        ),
    ],
)
def test_variables_bring_it_about(out, variables):
    """All of them, so that none is left from the step before."""
    assert variables == out.variables()


def test_what_is_out_is_a_sentence():
    """For whoever looks where a release is."""
    assert "1.4.0 is out" == str(Out("1.4.0"))
    assert "1.4.0 is out, 1.5.0 beside it gets 10 % of requests" == str(Out("1.4.0", Canary("1.5.0", 10)))


def test_nothing_is_weighed_without_a_candidate():
    """There is nothing to weigh."""
    with pytest.raises(ValueError, match="no canary"):
        Out("1.4.0").weighing(10)
