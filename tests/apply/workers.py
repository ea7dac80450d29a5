"""Which worker runs what."""

from xdist.scheduler import LoadScopeScheduling

from tests.apply.mode import NAMES


class ByMode(LoadScopeScheduling):
    """Tests of one mode go to one worker: they look at the same apply."""

    def _split_scope(self, nodeid: str) -> str:
        return mode_of(nodeid)


def mode_of(nodeid: str) -> str:
    """The mode in a test's parameters, or what has none: the bootstrap root, the first run."""
    if "test_first_run" in nodeid:
        return "first_run"
    return next((name for name in NAMES if f"[{name}" in nodeid), "bootstrap")
