"""How far a session could hold what was promised against what was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify.record import ScenarioRecord
from verify.target import Target

_METHODS = {
    "cgroup-v2": "by the kernel, in a cgroup of version 2",
    "cgroup-v1": "by the kernel, in a cgroup of version 1",
    "duty-cycle": "by stopping and continuing its processes, which is exact over seconds and not within one",
}


@dataclass(frozen=True)
class Enforced:
    """Something that a verdict rests on.

    Attributes:
        name: The thing.
        yes: Whether it was so.
        how: How, or why not.
    """

    name: str
    yes: bool
    how: str


@dataclass(frozen=True)
class Limits:
    """Methods by which a stage holds its tasks to what their task definitions allow.

    Attributes:
        cpu: `cgroup-v2`, `cgroup-v1` or `duty-cycle`.
        memory: The same, or in words; empty if nothing does.
    """

    cpu: str
    memory: str = ""


def enforced(target: Target, records: Sequence[ScenarioRecord], limits: Limits | None) -> list[Enforced]:
    """Everything that a reader of a verdict may take for granted, and whether they may.

    Args:
        target: The system under test.
        records: What was recorded of it.
        limits: How the stage holds tasks to their limits; None where that is AWS's own doing.
    """
    return [*_limits(limits), *_seen(target, records), *_done(target, records)]


def _limits(limits: Limits | None) -> Iterator[Enforced]:
    theirs = Limits("by Fargate itself", "by Fargate itself")
    for name, method in (("CPU", (limits or theirs).cpu), ("memory", (limits or theirs).memory)):
        how = _METHODS.get(method, method)
        yield _row(f"tasks held to their {name}", how != "", how, "nothing holds them to it here")


def _seen(target: Target, records: Sequence[ScenarioRecord]) -> Iterator[Enforced]:
    # Each record of a mailbox has the mails of those before it too.
    mails = {mail for record in records for mail in record.mails or ()}
    digests = any(mail.digest for mail in mails) and any(r.digest for each in records for r in each.requests)
    recipients = any(mail.recipient for mail in mails) and any(
        request.recipient for record in records for request in record.requests
    )
    clocks = sum(len(record.process_cpu or ()) for record in records)
    handled = sum(len(record.handled or ()) for record in records)
    yield _row("mailbox read", target.mail_log is not None, f"{len(mails)} mails", "it is out of sight")
    yield _row(
        "mails' recipients compared", recipients, "with what the client asked for", "nothing was noted"
    )
    yield _row("mails' contents compared", digests, "SHA-256 of subject and body", "no digest was noted")
    yield _row(
        "process clocks read",
        clocks > 0,
        f"{clocks} readings of the kernel's own",
        "CloudWatch's CPU stands alone",
    )
    yield _row(
        "tasks' logs read", handled > 0, f"{handled} requests as tasks saw them", "they are out of reach"
    )
    yield _row(
        "starved minutes told apart",
        target.host_namespace is not None,
        "by the host's own account",
        "nobody reports on the host of these tasks",
    )


def _done(target: Target, records: Sequence[ScenarioRecord]) -> Iterator[Enforced]:
    plans = [record for record in records if record.planned_changes is not None]
    yield _row(
        "tasks killed by SIGKILL", target.kill_task is not None, "", "nobody can reach a task's process"
    )
    yield _row(
        "tasks hung by SIGSTOP", target.signal_task is not None, "", "nobody can reach a task's process"
    )
    yield _row(
        "dependencies disturbed", target.disturb is not None, "", "nobody stands between them and the tasks"
    )
    yield _row(
        "plan made while scaled out",
        bool(plans),
        "more tasks were desired than the minimum",
        "no scenario made one",
    )
    yield _row("second plan made", target.plan_changes is not None, "", "make one with `terraform plan`")


def _row(name: str, yes: bool, how: str, why_not: str) -> Enforced:
    return Enforced(name, yes, how if yes else why_not)
