"""Why there are no figures."""


class BenchError(Exception):
    """What went wrong and what to do about it, in one sentence."""
