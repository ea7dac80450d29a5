"""Proof that a restored system is what is declared: a plan that has nothing to do."""

import threading
from collections.abc import Callable

from stage.errors import StageError
from stage.terraform.rehearsed_module import Terraform

_STEP_SECONDS = 0.05


class Proof:
    """A plan that is made beside a stage, once.

    Args:
        terraform: Set up with the kept state, not yet initialized.
        refuted: Called, from another thread, if the plan would change something.

    Attributes:
        holds: Whether the plan is made, and empty.
    """

    def __init__(self, terraform: Terraform, refuted: Callable[[], None]) -> None:
        self.holds = False
        self._terraform = terraform
        self._refuted = refuted
        self._failure: StageError | None = None
        self._closed = False
        self._told: list[threading.Thread] = []
        # Linux ends Terraform when the thread ends that has started it; this one stays for as long.
        self._thread = threading.Thread(target=self._plan, name="proof", daemon=True)

    def start(self) -> None:
        """Begin with the plan."""
        self._thread.start()

    def wait(self) -> None:
        """Wait for the plan.

        Raises:
            StageError: It would change something, which the message names, or there is none.
        """
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def when_done(self, tell: Callable[[str], None]) -> None:
        """Have the outcome told as a sentence, from another thread, unless it is given up before."""

        def follow() -> None:
            self._thread.join()
            if not self._closed:
                tell(
                    "a plan is empty: it is what is declared" if self._failure is None else str(self._failure)
                )

        self._told.append(threading.Thread(target=follow, name="proof-told", daemon=True))
        self._told[-1].start()

    def close(self) -> None:
        """Give up what is not done; nobody is told anything afterwards."""
        self._closed = True
        while self._thread.is_alive():
            # It may be about to start the next one.
            self._terraform.kill()
            self._thread.join(_STEP_SECONDS)
        for one in self._told:
            one.join()

    def _plan(self) -> None:
        try:
            self._terraform.init()
            changes = [] if self._closed else self._terraform.plan_changes()
        except StageError as error:
            self._failure = error
            return
        self.holds = not changes and not self._closed
        if changes:
            self._refuted()
            more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
            self._failure = StageError(
                f"what was restored is not what is declared: a plan changes {changes[0]}{more}; "
                "it is not kept any longer, start anew"
            )
