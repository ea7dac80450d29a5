"""Which worker runs what."""

from xdist.scheduler import LoadScopeScheduling

from tests.apply.mode import NAMES, Mode


class ByChain(LoadScopeScheduling):
    """Tests of one system go to one worker: they look at the same apply."""

    def _split_scope(self, nodeid: str) -> str:
        return chain_of(nodeid)


def mode_of(nodeid: str) -> str:
    """The mode in a test's parameters; empty if it has none."""
    parameters = nodeid.partition("[")[2]
    return next((name for name in NAMES if parameters.startswith((f"{name}]", f"{name}-"))), "")


def chain_of(nodeid: str) -> str:
    """The system that a test looks at: that of its mode, that of the first run, or the bootstrap root."""
    if mode := mode_of(nodeid):
        return Mode(mode).chain
    return "first_run" if "test_first_run" in nodeid else "bootstrap"
