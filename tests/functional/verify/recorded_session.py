"""A pytest plugin: the load tests with made-up runs instead of a stage, for the test of their wiring.

RECORDED_SESSION in the environment says what is broken: nothing, "starved" (every time), "starved once",
"lost", "unreachable" or "interrupted". MORE_SCENARIOS names a folder with modules that lie in
`verify/scenarios` too.
"""

import os
import sys
from dataclasses import replace
from types import ModuleType

from stage.clock import Clock
from tests.unit.verify import runs
from tests.unit.verify.released_runs import good_run
from tests.unit.verify.rights.worlds import allowed, role, statement
from tests.unit.verify.test_target import stage_with
from verify import scenarios, target
from verify.errors import LoadError
from verify.scenarios import autoscaling, lost_task, release
from verify.verdict import releases

_BROKEN = os.environ.get("RECORDED_SESSION", "")
_MORE = os.environ.get("MORE_SCENARIOS", "")


class _Stage:
    """Up at once."""

    def __init__(self, settings) -> None:
        settings.progress("applying [the] Terraform")

    def __enter__(self):
        stage = stage_with(Clock(minute_seconds=2.0, epoch=runs.TIME.epoch))
        stage.aws.location, stage.aws.iam = dict, None
        return stage

    def __exit__(self, *_error: object) -> None:
        pass


_attempts: list[autoscaling.Settings] = []


def _autoscaling(_target, settings, say):
    say("high load: CPU 100 %")
    if _BROKEN == "unreachable":
        raise LoadError("no request was answered in 30 s: its log is empty")
    run = runs.autoscaling_run()
    if _BROKEN == "lost":
        return replace(run, mails=run.mails[1:])
    _attempts.append(settings)
    if _BROKEN == "starved" or (_BROKEN == "starved once" and len(_attempts) == 1):
        return runs.with_timeline(run, starved_minutes=tuple(map(runs.moment, range(20))))
    return run


def _lost_task(*_arguments):
    if _BROKEN == "interrupted":
        raise KeyboardInterrupt
    return runs.lost_task_run()


# A sender that received, and might have purged.
target.decided = lambda _location: (allowed("sqs:ReceiveMessage", "Work"),)
target.roles = lambda _iam: [role(statement("Work", ["sqs:ReceiveMessage", "sqs:PurgeQueue"]))]
_module = ModuleType("stage.stage")
_module.Stage = _Stage
sys.modules["stage.stage"] = _module
autoscaling.SCENARIO = replace(autoscaling.SCENARIO, run=_autoscaling)
# Of mails that run knows nothing.
release.SCENARIO = replace(
    release.SCENARIO,
    run=lambda *_: good_run(),
    checks=(releases.releases_ended_as_wanted, releases.good_release_fails_nothing, releases.nothing_drifted),
)
lost_task.SCENARIO = replace(lost_task.SCENARIO, run=_lost_task)
if _MORE:
    scenarios.__path__.append(_MORE)
