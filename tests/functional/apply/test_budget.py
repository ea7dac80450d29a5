import subprocess

import pytest

from tests.apply.budget import OverBudgetError, within


def test_what_takes_too_long_is_ended_and_named():
    """Also while it waits for a child, which is what phases do."""
    with pytest.raises(OverBudgetError, match="apply took more than its 1 s"), within(1, "apply"):
        subprocess.run(["sleep", "30"], check=True)  # noqa: S607 - any program that waits
