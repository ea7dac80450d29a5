"""The course of a release, against an environment that is only remembered."""

import pytest

from common.terraform.terraform_cli import TerraformError
from ops.bake.answer import Baked, Part
from ops.bake.compare import Compared
from ops.bake.evidence import Evidence, Side
from ops.bake.judge import Judgement, Verdict
from ops.errors import OpsError, UsageError
from ops.exit_status import ExitStatus
from ops.release.answer import Released
from ops.release.out import Canary, Out
from ops.release.release import Release

OLD, NEW = "1.4.0", "1.5.0"


class Remembered:
    """An environment whose applies are written down, and which fails as it is told."""

    def __init__(self, out):
        self.out = out
        self.applied = []
        self.refreshed = []
        self.reads = 0
        self.fails = {}

    def outputs(self):
        """As the root module has them, as far as a release reads them."""
        self.reads += 1
        canary = self.out.canary
        told = {"image_tag": None, "weight": 0, "sender_tasks": 0} if canary is None else vars(canary)
        return {"image_tag": self.out.image_tag, "canary": dict(told)}

    def apply(self, variables, *, refresh, hopeless):
        """Bring it about, unless this apply is to fail, or there is no hope for it."""
        reason = hopeless() if hopeless is not None else ""
        if reason:
            raise OpsError(reason)
        self.refreshed.append(refresh)
        canary = variables["canary"]
        out = Out(variables["image_tag"], None if canary is None else Canary(**canary))
        self.applied.append(out)
        error = self.fails.pop(len(self.applied), None)
        if error is not None:
            raise error
        self.out = out


@pytest.fixture
def environment():
    """The old version is out, and nothing else."""
    return Remembered(Out(OLD))


class Stands:
    """Says of one look after the other whether all stands; of all others that it does."""

    def __init__(self, fails="", **errors):
        self.seen = []
        self._fails = fails
        self._errors = errors

    def __call__(self, outputs):
        canary = outputs["canary"]
        seen = f"{outputs['image_tag']} {canary['weight']}"
        self.seen.append(seen)
        if seen in self._errors:
            raise OpsError(self._errors[seen])

    def failing(self, _outputs):
        """A deployment fails at once, or never."""
        return lambda: self._fails


stands = Stands()


class Bakes:
    """Gives one verdict after the other, and passes after the last."""

    def __init__(self, *verdicts, alarms=()):
        self._verdicts = list(verdicts)
        self._alarms = alarms
        self.asked = []

    def __call__(self, outputs):
        self.asked.append(outputs["canary"]["weight"])
        verdict = self._verdicts.pop(0) if self._verdicts else Verdict.PASS
        if isinstance(verdict, BaseException):
            raise verdict
        evidence = Evidence("notification-api", Side(alarms=self._alarms), Side())
        judgement = Judgement(verdict, [f"because: {verdict}"], Compared.of(evidence))
        return Baked([Part(evidence, judgement, None)])


def ended(course):
    """Status and what is out."""
    return course.status, course.out


def test_a_good_version_comes_out(environment):
    """It was compared at each weight before it got more."""
    bakes = Bakes()
    course = Release(environment, bakes, print, stands).go(NEW)

    assert (ExitStatus.DONE, Out(NEW)) == ended(course)
    assert [10, 50] == bakes.asked
    assert [
        Out(OLD, Canary(NEW, 0)),
        Out(OLD, Canary(NEW, 10)),
        Out(OLD, Canary(NEW, 50)),
        Out(NEW, Canary(NEW, 50)),
        Out(NEW, Canary(NEW, 0)),
        Out(NEW),
    ] == environment.applied


@pytest.mark.parametrize(
    ("verdict", "alarms", "status"),
    [
        (Verdict.FAIL, (), ExitStatus.ROLLED_BACK_BAKE),
        (Verdict.FAIL, ("canary-error-rate",), ExitStatus.ROLLED_BACK_ALARM),
        (Verdict.NOT_ENOUGH, (), ExitStatus.NOT_ENOUGH),
        (OpsError("CloudWatch says nothing"), (), ExitStatus.ROLLED_BACK_STEP),
    ],
)
@pytest.mark.parametrize("passed", [0, 1])
def test_nothing_but_a_pass_goes_on(environment, verdict, alarms, status, passed):
    """The candidate's requests go at once, then the candidate; the exit status says why."""
    course = Release(environment, Bakes(*[Verdict.PASS] * passed, verdict, alarms=alarms), print, stands).go(
        NEW
    )

    assert (status, Out(OLD)) == ended(course)
    assert [Out(OLD, Canary(NEW, 0)), Out(OLD)] == environment.applied[-2:]
    assert course.reasons


@pytest.mark.parametrize("failing", range(1, 5))
def test_a_step_that_fails_is_taken_back(environment, failing):
    """Up to the promotion, after which the old version is brought back."""
    environment.fails = {failing: TerraformError("ECS has rolled notification-api back")}
    course = Release(environment, Bakes(), print, stands).go(NEW)

    assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
    assert Out(OLD) == environment.out
    assert "rolled notification-api back" in course.reasons[0]
    weights = [out.canary.weight for out in environment.applied[failing:] if out.canary]
    assert [0] * len(weights) == weights


def test_a_candidate_that_will_not_go_is_told(environment):
    """Nobody believes that it was taken back."""
    environment.fails = {3: TerraformError("the state is locked")}
    course = Release(environment, Bakes(Verdict.FAIL), print, stands).go(NEW)

    assert (ExitStatus.HALF_WAY, Out(OLD, Canary(NEW, 10))) == ended(course)
    assert "locked" in course.reasons[-1]


def test_ctrl_c_leaves_it_where_it_is(environment):
    """And says how to go on."""
    course = Release(environment, Bakes(KeyboardInterrupt()), print, stands).go(NEW)

    assert (ExitStatus.HALF_WAY, Out(OLD, Canary(NEW, 10))) == ended(course)
    assert "--abort" in course.reasons[0]


@pytest.mark.parametrize("killed_in", range(1, 7))
@pytest.mark.parametrize("begun", [True, False])
def test_a_release_that_was_killed_goes_on(environment, killed_in, begun):
    """Before an apply or inside it: the same command ends where it would have ended."""
    environment.fails = {killed_in: SystemExit()}
    with pytest.raises(SystemExit):
        Release(environment, Bakes(), print, stands).go(NEW)
    if begun:
        # The apply has gone on to its end.
        environment.out = environment.applied[-1]

    course = Release(environment, Bakes(), print, stands).go(NEW)

    assert (ExitStatus.DONE, Out(NEW)) == ended(course)
    assert Out(NEW) == environment.out


@pytest.mark.parametrize("weight", [0, 10, 50])
def test_a_release_is_aborted_from_anywhere(environment, weight):
    """The stable version alone is left."""
    environment.out = Out(OLD, Canary(NEW, weight))
    course = Release(environment, Bakes(), print, stands).abort()

    assert (ExitStatus.DONE, Out(OLD)) == ended(course)
    assert Out(OLD) == environment.out


def test_ctrl_c_in_an_abort_is_told(environment):
    """As in a release: where it stands, and how to go on."""
    environment.out = Out(OLD, Canary(NEW, 10))
    environment.fails = {2: KeyboardInterrupt()}
    course = Release(environment, Bakes(), print, stands).abort()

    assert (ExitStatus.HALF_WAY, Out(OLD, Canary(NEW, 0))) == ended(course)
    assert "--abort" in course.reasons[0]


def test_nothing_to_abort_is_told(environment):
    """And nothing is applied."""
    course = Release(environment, Bakes(), print, stands).abort()

    assert (ExitStatus.DONE, Out(OLD)) == ended(course)
    assert [] == environment.applied
    assert "no release is under way" in course.reasons[0]


def test_another_release_is_refused(environment):
    """Before anything is applied."""
    environment.out = Out(OLD, Canary("1.6.0", 10))

    with pytest.raises(UsageError, match=r"1\.6\.0 is under way"):
        Release(environment, Bakes(), print, stands).go(NEW)
    assert [] == environment.applied


def test_the_answer_tells_all_of_it(environment):
    """Verdict, reason and what is out, to a person and to a machine."""
    released = Released(Release(environment, Bakes(Verdict.FAIL), print, stands).go(NEW))

    assert "rolled back: the candidate is worse" == released.data()["ended"]
    assert {"image_tag": OLD, "canary": None} == released.data()["out"]
    assert "**rolled back: the candidate is worse**: 1.4.0 is out" in released.markdown()
    assert "because: fail" in released.markdown()


class Beside:
    """Something beside a bake that has this to say."""

    def __init__(self, against=(), remarks=(), status=ExitStatus.ROLLED_BACK_STEP):
        self.status = status
        self._against = against
        self._remarks = remarks
        self.events = []

    def __call__(self):
        self.events.append("made")
        return self

    def __enter__(self):
        """Note it."""
        self.events.append("begun")
        return self

    def __exit__(self, *_error):
        """Note it."""
        self.events.append("ended")

    def against(self):
        """Reasons against the candidate."""
        self.events.append("asked")
        return list(self._against)

    def remarks(self):
        """What a person should know besides."""
        return list(self._remarks)


class TestBeside:
    """What goes on beside each bake."""

    def test_it_begins_and_ends_with_each_bake(self, environment):
        """It is asked once the bake has passed."""
        beside = Beside(remarks=["nobody was asked"])
        course = Release(environment, Bakes(), print, stands, beside=[beside]).go(NEW)

        assert (ExitStatus.DONE, Out(NEW)) == ended(course)
        assert 2 * ["made", "begun", "asked", "ended"] == beside.events
        assert ["nobody was asked"] == course.remarks
        assert ["nobody was asked"] == Released(course).data()["remarks"]
        assert "- nobody was asked" in Released(course).markdown()

    def test_what_it_says_is_no_markup(self, environment):
        """The last words of a load, which it has from whomever it asked."""
        beside = Beside(against=["the load failed: <img src=x> | @somebody"])
        course = Release(environment, Bakes(), print, stands, beside=[beside]).go(NEW)

        told = Released(course).markdown()
        assert "<img" not in told.replace("\\<", "")
        assert "@somebody" not in told

    def test_what_it_has_against_the_candidate_takes_it_back(self, environment):
        """With its own status, whatever the bake says."""
        beside = Beside(against=["the load failed"])
        course = Release(environment, Bakes(), print, stands, beside=[beside, Beside()]).go(NEW)

        assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
        assert ["the load failed"] == course.reasons

    def test_a_bake_that_has_failed_does_not_wait_for_it(self, environment):
        """The candidate hurts meanwhile."""
        beside = Beside(against=["the load failed"])
        course = Release(environment, Bakes(Verdict.FAIL), print, stands, beside=[beside]).go(NEW)

        assert ExitStatus.ROLLED_BACK_BAKE == course.status
        assert ["made", "begun", "ended"] == beside.events
        assert ["because: fail"] == course.reasons


class TestRefresh:
    """Everything is read from AWS before an apply unless another one has just been there."""

    def test_before_the_first_apply_alone(self, environment):
        """Nobody knows what has happened since the last release."""
        Release(environment, Bakes(), print, stands).go(NEW)

        assert [True, False, False, False, False, False] == environment.refreshed

    def test_not_if_a_plan_has_just_read_everything(self, environment):
        """As before a release begins; what failed is read again all the same."""
        environment.fails = {1: OpsError("no")}
        Release(environment, Bakes(), print, stands).go(NEW, state_is_fresh=True)

        assert [False, True] == environment.refreshed

    def test_again_after_an_apply_that_failed(self, environment):
        """How far it came is in no state."""
        environment.fails = {2: OpsError("no")}
        Release(environment, Bakes(), print, stands).go(NEW)

        assert [True, False, True] == environment.refreshed

    def test_not_before_the_requests_of_a_bad_candidate_are_taken_away(self, environment):
        """They fail meanwhile."""
        Release(environment, Bakes(Verdict.FAIL), print, stands).go(NEW)

        assert [True, False, False, False] == environment.refreshed


class TestStanding:
    """Nobody gets requests, or more of them, whose tasks do not stand."""

    def test_it_is_looked_at_before_each_step_of_a_candidate(self, environment):
        """From the time at which there is one until its requests are taken away."""
        looks = Stands()
        Release(environment, Bakes(), print, looks).go(NEW)

        assert [f"{OLD} 0", f"{OLD} 10", f"{OLD} 50", f"{NEW} 50", f"{NEW} 0"] == looks.seen

    def test_a_candidate_that_does_not_stand_gets_no_request(self, environment):
        """It is removed, and the step and the reason are named."""
        looks = Stands(**{f"{OLD} 0": "api-canary: its deployment FAILED."})
        course = Release(environment, Bakes(), print, looks).go(NEW)

        assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
        assert ["start the candidate without requests: api-canary: its deployment FAILED."] == course.reasons
        assert [0] == [out.canary.weight for out in environment.applied if out.canary]

    def test_a_killed_command_does_not_take_for_granted_that_it_stands(self, environment):
        """The next one looks before it gives the candidate anything."""
        environment.out = Out(OLD, Canary(NEW, 0))
        looks = Stands(**{f"{OLD} 0": "no task is healthy"})
        course = Release(environment, Bakes(), print, looks).go(NEW)

        assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
        assert "no task is healthy" in course.reasons[0]

    def test_a_promoted_version_that_does_not_stand_is_taken_back(self, environment):
        """The version before comes back while the candidate still serves."""
        looks = Stands(**{f"{NEW} 50": "api: its deployment FAILED."})
        course = Release(environment, Bakes(), print, looks).go(NEW)

        assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
        assert [Out(NEW, Canary(NEW, 50)), Out(OLD, Canary(NEW, 50)), Out(OLD, Canary(NEW, 0)), Out(OLD)] == (
            environment.applied[-4:]
        )
        assert ["promote: api: its deployment FAILED."] == course.reasons

    def test_what_an_earlier_command_promoted_is_left_with_the_candidate_that_serves(self, environment):
        """Nobody knows what was out before."""
        environment.out = Out(NEW, Canary(NEW, 50))
        looks = Stands(**{f"{NEW} 50": "api: its deployment FAILED."})
        course = Release(environment, Bakes(), print, looks).go(NEW)

        assert (ExitStatus.HALF_WAY, Out(NEW, Canary(NEW, 50))) == ended(course)
        assert [] == environment.applied
        assert "apply the version before by hand" in course.reasons[-1]

    def test_a_candidate_that_ecs_gives_up_is_not_waited_for(self, environment):
        """Terraform would wait for twenty minutes."""
        looks = Stands(fails="api-canary: its deployment FAILED.")
        course = Release(environment, Bakes(), print, looks).go(NEW)

        assert (ExitStatus.ROLLED_BACK_STEP, Out(OLD)) == ended(course)
        assert ["start the candidate without requests: api-canary: its deployment FAILED."] == course.reasons
        assert [] == looks.seen


def test_what_the_state_tells_is_read_once_between_two_applies(environment):
    """Whether all stands, and what is baked, follow from the same outputs."""
    Release(environment, Bakes(), print, stands).go(NEW)

    assert len(environment.applied) == environment.reads
