"""Carries a release out, and takes it back when something speaks against it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import SetupError
from ops.bake.answer import Baked
from ops.bake.judge import Verdict
from ops.environment import Say
from ops.exit_status import ExitStatus
from ops.release.out import Out
from ops.release.steps import WEIGHTS, Step, next_step, next_step_back

_FAILURES = (SetupError, BotoCoreError, ClientError)


class Applied(Protocol):
    """Environment as a release reads and changes it: `ops.environment.Environment`."""

    def outputs(self) -> Mapping[str, Any]:
        """The root module's outputs by name."""

    def apply(
        self, variables: Mapping[str, object], *, refresh: bool, hopeless: Callable[[], str] | None
    ) -> None:
        """Apply with these variables, reading everything from AWS before or not, until it is hopeless."""


class Stands(Protocol):
    """Looks at the services that are out: `ops.release.standing.Standing`."""

    def __call__(self, outputs: Mapping[str, Any]) -> None:
        """Wait until all of them stand; raises what is wrong."""

    def failing(self, outputs: Mapping[str, Any]) -> Callable[[], str]:
        """Gives a function that tells which deployment has failed since; empty while none has."""


class Beside(Protocol):
    """Something that goes on beside a bake, and may speak against the candidate, too."""

    @property
    def status(self) -> ExitStatus:
        """How the command ends if it does."""

    def __enter__(self) -> Self:
        """Begin with it."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""

    def against(self) -> list[str]:
        """Reasons against the candidate; asked for once the bake is over, if it has passed."""

    def remarks(self) -> list[str]:
        """Remarks on it for a person."""


@dataclass
class Course:
    """Course of a release so far.

    Attributes:
        wanted: Tag that is to be out; empty where a release is taken back.
        out: Versions that are out.
        status: How the command ends.
        reasons: Why it ended as it did.
        remarks: What a person should know besides.
        steps: What was done, in order.
        bakes: Verdicts on the candidate, in order.
    """

    wanted: str
    out: Out
    status: ExitStatus = ExitStatus.DONE
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    bakes: list[Baked] = field(default_factory=list)


class Release:
    """A release of an environment.

    Args:
        environment: Where it goes.
        bake: Compares candidate and stable version; given the environment's outputs.
        say: Told of each step.
        stands: Looks at the services that are out.
        weights: Percentages of requests that the candidate gets one after the other.
        beside: What goes on beside each bake.
    """

    def __init__(  # noqa: PLR0913 - what a release does, and all that it looks at
        self,
        environment: Applied,
        bake: Callable[[Mapping[str, Any]], Baked],
        say: Say,
        stands: Stands,
        *,
        weights: Sequence[int] = WEIGHTS,
        beside: Sequence[Callable[[], Beside]] = (),
    ) -> None:
        self._environment = environment
        self._bake = bake
        self._say = say
        self._stands = stands
        self._weights = weights
        self._beside = beside
        # Whether the state is as it stands: after an apply of ours that succeeded, until one fails. Reading
        # everything again takes half a minute, for which a bad candidate would keep its requests.
        self._state_is_fresh = False
        # What the state tells, until the next apply.
        self._outputs: Mapping[str, Any] | None = None

    def go(self, wanted: str, *, state_is_fresh: bool = False) -> Course:
        """Bring a version out, from wherever it stands.

        Args:
            wanted: Its tag.
            state_is_fresh: Whether a plan has just found all as the state has it.

        Raises:
            UsageError: Another version is being released.
            SetupError: What is out cannot be read; nothing was changed by then.
        """
        course = Course(wanted, Out.of(self._told()))
        self._state_is_fresh = state_is_fresh
        before = course.out.image_tag
        with _interruptible(course):
            while (step := next_step(course.out, wanted, self._weights)) is not None:
                if not self._stand(course):
                    self._back_from(course, before)
                    break
                if (step.bake and not self._is_good(course)) or not self._applied(course, step):
                    self._back(course)
                    break
        return course

    def abort(self) -> Course:
        """Bring the stable version back, and remove the candidate.

        Raises:
            SetupError: What is out cannot be read; nothing was changed by then.
        """
        course = Course("", Out.of(self._told()))
        if course.out.canary is None:
            course.reasons.append(f"no release is under way: {course.out}")
        with _interruptible(course):
            self._back(course)
        return course

    def _told(self) -> Mapping[str, Any]:
        """The environment's outputs, which an apply alone changes."""
        if self._outputs is None:
            self._outputs = self._environment.outputs()
        return self._outputs

    def _stand(self, course: Course) -> bool:
        """Whether all that is out stands, before a candidate gets more; notes what does not."""
        if course.out.canary is None:
            return True
        try:
            self._stands(self._told())
        except _FAILURES as error:
            course.status = ExitStatus.ROLLED_BACK_STEP
            done = course.steps[-1] if course.steps else str(course.out)
            course.reasons.append(f"{done}: {error}")
            return False
        return True

    def _back_from(self, course: Course, before: str) -> None:
        """Take a version back that does not stand, the promoted one, too.

        Args:
            course: The course so far.
            before: Tag that was out when this command began.
        """
        if course.out.image_tag != course.wanted:
            self._back(course)
        elif before == course.wanted:
            # An earlier command has promoted it, and nobody knows what was out then: the candidate serves on.
            course.status = ExitStatus.HALF_WAY
            course.reasons.append(
                f"{course.wanted} was promoted by an earlier command: see to its services, then run this"
                " again, or apply the version before by hand"
            )
        elif self._applied(course, Step(f"bring {before} back", replace(course.out, image_tag=before))):
            self._back(course)

    def _is_good(self, course: Course) -> bool:
        """Whether the candidate is as good as the stable version; notes why, if it is not."""
        self._say(f"baking: {course.out}")
        with ExitStack() as stack:
            beside = [stack.enter_context(one()) for one in self._beside]
            try:
                baked = self._bake(self._told())
            except _FAILURES as error:
                course.status = ExitStatus.ROLLED_BACK_STEP
                course.reasons.append(f"the candidate could not be compared: {error}")
                return False
            course.bakes.append(baked)
            if baked.verdict is Verdict.PASS:
                return self._nothing_against(course, beside)
        self._note(course, baked)
        return False

    def _nothing_against(self, course: Course, beside: Sequence[Beside]) -> bool:
        """Whether nothing that went on beside a bake speaks against the candidate; notes what does."""
        self._say("baked; waiting for what goes on beside it")
        for one in beside:
            against = one.against()
            course.remarks += [remark for remark in one.remarks() if remark not in course.remarks]
            if against:
                course.status = one.status
                course.reasons += against
        return not course.reasons

    def _note(self, course: Course, baked: Baked) -> None:
        """Note why a bake has not passed."""
        if baked.verdict is Verdict.NOT_ENOUGH:
            course.status = ExitStatus.NOT_ENOUGH
        else:
            course.status = ExitStatus.ROLLED_BACK_ALARM if baked.alarmed else ExitStatus.ROLLED_BACK_BAKE
        course.reasons += baked.reasons

    def _applied(self, course: Course, step: Step) -> bool:
        """Whether a step could be applied; notes why, if it could not."""
        try:
            self._make(course, step)
        except _FAILURES as error:
            course.status = ExitStatus.ROLLED_BACK_STEP
            course.reasons.append(f"{step.name}: {error}")
            # What of it is out nobody knows, but that it is to go.
            course.out = step.out if course.out.canary is None else course.out
            return False
        return True

    def _back(self, course: Course) -> None:
        """Take the candidate's requests away at once, then the candidate."""
        while (step := next_step_back(course.out)) is not None:
            try:
                self._make(course, step)
            except _FAILURES as error:
                course.status = ExitStatus.HALF_WAY
                course.reasons.append(f"taking it back failed, too: {step.name}: {error}")
                return

    def _make(self, course: Course, step: Step) -> None:
        """Apply a step, and note that it is made."""
        self._say(step.name)
        refresh, self._state_is_fresh = not self._state_is_fresh, False
        # Terraform waits for a new service's tasks for twenty minutes, also when ECS has given them up.
        starts = course.out.canary is None and step.out.canary is not None
        hopeless = self._stands.failing(self._told()) if starts else None
        self._outputs = None
        self._environment.apply(step.out.variables(), refresh=refresh, hopeless=hopeless)
        self._state_is_fresh = True
        course.out = step.out
        course.steps.append(step.name)


@contextmanager
def _interruptible(course: Course) -> Iterator[None]:
    """Have Ctrl-C end the block, and the course say so."""
    try:
        yield
    except KeyboardInterrupt:
        course.status = ExitStatus.HALF_WAY
        course.reasons.append("interrupted: the same command goes on from here, --abort takes it back")
