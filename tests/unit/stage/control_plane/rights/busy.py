"""Other threads, in tests of looking through what they change."""

from uuid import uuid4


class Busy:
    """A resource that is none that anybody looks for; while it is looked at, another is made."""

    def __init__(self, others):
        self._others = others

    def __getattr__(self, name):
        """Nothing, whatever it is."""
        self._make_another()
        return {} if name in {"aliases", "_associations"} else ""

    def __contains__(self, name):
        """Nothing is in it."""
        self._make_another()
        return False

    def __bool__(self):
        """It is nothing."""
        self._make_another()
        return False

    def _make_another(self):
        self._others[uuid4().hex] = self
