"""Checks before a release: everything that it needs is there, and nothing is wrong already."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.environment import Environment, Say, own_outputs
from ops.release.out import Out

_SHOWN = 3
_NOT_THERE = frozenset({"ImageNotFoundException", "RepositoryNotFoundException"})


def beginning(environment: Environment, session: Any, wanted: str, say: Say) -> tuple[Out, list[str] | None]:
    """Versions that are out as a release is to begin, and what speaks against beginning it.

    The apply of a command that was killed goes on to its end, and a plan waits for it. What was read before
    is not what is out then, and the candidate looks like a change of somebody's: all is read anew.

    Args:
        environment: As for `problems`.
        session: As for `problems`.
        wanted: As for `problems`.
        say: Told of what takes long.

    Returns:
        Versions that are out; reasons not to begin, and None where there is nothing to begin: a candidate is
        out already, or the version itself.

    Raises:
        UsageError: Another environment is applied there.
        OpsError: It cannot be told what is out.
        ClientError: As for `problems`.
        TerraformError: As for `problems`.
    """
    while True:
        version = environment.version()
        outputs = own_outputs(environment)
        out = Out.of(outputs)
        if out.canary is not None or out.image_tag == wanted:
            return out, None
        say("looking whether the release can begin")
        against = list(problems(environment, session, outputs, wanted))
        if not against or environment.version() == version:
            return out, against


def problems(
    environment: Environment, session: Any, outputs: Mapping[str, Any], wanted: str
) -> Iterator[str]:
    """Reasons not to begin, each a sentence that says what to do.

    Args:
        environment: Where the release would go.
        session: boto3's, for the environment's region.
        outputs: The environment's.
        wanted: Tag of the version.

    Raises:
        ClientError: AWS refuses.
        TerraformError: There can be no plan.
    """
    yield from _missing_images(session.client("ecr"), outputs, wanted)
    yield from _alarms(session.client("cloudwatch"), outputs)
    changes = environment.changes(Out.of(outputs).variables())
    if changes:
        more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
        yield (
            f"a plan would change {', '.join(changes[:_SHOWN])}{more}: apply that, or undo it, so that the"
            " release changes nothing but itself"
        )


def _missing_images(ecr: Any, outputs: Mapping[str, Any], wanted: str) -> Iterator[str]:
    services = (outputs["notification_api"], outputs["email_sender"])
    for service in (one["service_name"] for one in services):
        repository = outputs["ecr_repository_urls"][service].partition("/")[2]
        try:
            ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": wanted}])
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_THERE:
                raise
            yield f"{repository}:{wanted} is not in ECR: build and push it first"


def _alarms(cloudwatch: Any, outputs: Mapping[str, Any]) -> Iterator[str]:
    canary = outputs["canary"]
    names = [outputs["user_impact_alarm"], *canary["alarms"], *canary["sender_alarms"]]
    answer = cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    for alarm in (*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])):
        if alarm["StateValue"] == "ALARM":
            yield f"the alarm {alarm['AlarmName']} is on: see to it first (docs/runbook.md)"
