"""Sources of findings in AWS, each of which fails alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter

from botocore.exceptions import BotoCoreError, ClientError

from ops.drift import ownership
from ops.drift.alarms import alarms
from ops.drift.aws import Aws
from ops.drift.discovery import discovery
from ops.drift.events import consumers, rules
from ops.drift.finding import Finding
from ops.drift.load_balancer import listeners, targets, web_acls
from ops.drift.logs_and_secrets import logs, parameters, secrets
from ops.drift.mail import mail
from ops.drift.network import access_lists, neighbours, network, routes
from ops.drift.queues import queues, topics
from ops.drift.roles import roles
from ops.drift.scaling import scaling
from ops.drift.security_groups import security_groups
from ops.drift.services import ecs_services
from ops.drift.state import State
from ops.drift.storage import buckets, keys, repositories, tables

Look = Callable[[Aws, State], Iterator[Finding]]

SOURCES: tuple[tuple[str, Look], ...] = (
    ("tags", ownership.tagged),
    ("services of the cluster", ownership.services),
    ("names: sesv2", ownership.configuration_sets),
    *(
        (f"names: {service} {operation} {key}", partial(ownership.named, row=row))
        for row, (service, operation, key) in enumerate(map(itemgetter(0, 1, 2), ownership.NAMES))
    ),
    ("security groups", security_groups),
    ("network", network),
    ("routes", routes),
    ("other networks", neighbours),
    ("network ACLs", access_lists),
    ("roles", roles),
    ("listeners", listeners),
    ("targets", targets),
    ("web ACLs", web_acls),
    ("scaling", scaling),
    ("alarms", alarms),
    ("ECS services", ecs_services),
    ("Cloud Map", discovery),
    ("log groups", logs),
    ("secrets", secrets),
    ("parameters", parameters),
    ("queues", queues),
    ("topics", topics),
    ("event rules", rules),
    ("consumers of queues", consumers),
    ("tables", tables),
    ("repositories", repositories),
    ("keys", keys),
    ("buckets", buckets),
    ("mail", mail),
)


@dataclass(frozen=True)
class Failure:
    """A source that could not be read.

    Attributes:
        source: Its name.
        reason: Sentence of AWS or Terraform.
    """

    source: str
    reason: str


def look(
    aws: Aws, state: State, sources: Sequence[tuple[str, Look]] = SOURCES
) -> tuple[list[Finding], list[Failure]]:
    """Findings of every source that can be read, and those that cannot.

    What a source finds it is asked for a second time, and what it does not find again was on its way:
    a task that stops, a rule of a release.

    Args:
        aws: Clients.
        state: What is declared.
        sources: Name and function of each.
    """
    found: list[Finding] = []
    failed: list[Failure] = []
    for name, source in sources:
        try:
            twice = _twice(aws, state, source)
        except (BotoCoreError, ClientError, LookupError, TypeError, ValueError) as error:
            failed.append(Failure(name, _reason(error)))
        else:
            found += [replace(one, source=name) for one in twice]
    return found, failed


def _twice(aws: Aws, state: State, source: Look) -> list[Finding]:
    first = {(one.resource, one.attribute) for one in source(aws, state)}
    again = set(source(aws, state)) if first else set()
    return sorted(one for one in again if (one.resource, one.attribute) in first)


def _reason(error: Exception) -> str:
    if isinstance(error, BotoCoreError | ClientError):
        return " ".join(str(error).split())
    return f"AWS answered something unexpected: {error!r}"
