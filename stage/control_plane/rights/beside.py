"""Roles that are tried beside others: whether the same calls would have been allowed to them."""

from threading import Lock


class Beside:
    """Roles by the role whose calls they are tried on; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tried: dict[str, tuple[str, ...]] = {}

    def try_on(self, role_arn: str, calls_of: str) -> None:
        """Decide on each call of a role from now on as if another had made it too.

        Such decisions are recorded as the other role's, and refuse nothing.

        Args:
            role_arn: ARN of the role that is tried.
            calls_of: ARN of the role that makes the calls.
        """
        with self._lock:
            known = self._tried.get(calls_of, ())
            if role_arn not in known:
                self._tried[calls_of] = (*known, role_arn)

    def tried_on(self, calls_of: str) -> tuple[str, ...]:
        """Roles that are tried on the calls of this one."""
        return self._tried.get(calls_of, ())


BESIDE = Beside()
"""Those of this process."""
