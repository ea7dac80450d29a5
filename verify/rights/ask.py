"""Questions to an emulated AWS that runs: what it has decided, and which roles there are."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from common.budget import budget
from common.pages import listed
from verify.errors import LoadError
from verify.rights.observed import Decision, Observed, Policy, Role, merged

ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS")
"""Variables that lead to the processes of an emulated AWS."""

_PATH = "/stage/rights"
_TIMEOUT_SECONDS = 30
# Theirs are AWS's own, policies and all.
_OF_SERVICES = "/aws-service-role/"


def observe(environment: Mapping[str, str], iam: Any) -> Observed:
    """Decisions of an emulated AWS since its beginning, and its roles as they are now.

    Args:
        environment: Variables that lead to it, as `python -m stage status --json` names them.
        iam: boto3's client of its IAM.

    Raises:
        LoadError: The variables are not there, or nobody answers with decisions.
    """
    return Observed(decided(environment), tuple(roles(iam)))


def decided(environment: Mapping[str, str]) -> Sequence[Decision]:
    """Decisions of an emulated AWS since its beginning, of all its processes.

    Raises:
        LoadError: The variables are not there, or nobody answers with decisions.
    """
    urls = dict.fromkeys(environment[name] for name in ENDPOINTS if environment.get(name))
    if not urls:
        raise LoadError(
            f"{ENDPOINTS[0]} is not set: set what `python -m stage status --json` has as `environment`, "
            "or name files by --decisions"
        )
    return merged(map(decided_at, urls)).decisions


def decided_at(url: str) -> Observed:
    """Decisions of one process.

    Raises:
        LoadError: Nobody answers with any.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=budget(_TIMEOUT_SECONDS)
    )
    try:
        connection.request("GET", _PATH)
        return Observed.read(json.loads(connection.getresponse().read()))
    except (OSError, http.client.HTTPException, ValueError, LoadError) as error:
        raise LoadError(f"{url}{_PATH} has no decisions: {error}") from None
    finally:
        connection.close()


def roles(iam: Any) -> Iterator[Role]:
    """Roles with their policies, inline and attached, without those of AWS's services."""
    for role in listed(iam, "list_roles", "Roles"):
        if not role["Path"].startswith(_OF_SERVICES):
            name = role["RoleName"]
            yield Role(role["Arn"], (*_inline(iam, name), *_attached(iam, name)))


def _inline(iam: Any, role: str) -> Iterator[Policy]:
    for name in listed(iam, "list_role_policies", "PolicyNames", RoleName=role):
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        yield Policy(name, "", json.dumps(document))


def _attached(iam: Any, role: str) -> Iterator[Policy]:
    for one in listed(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role):
        arn = one["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        yield Policy(one["PolicyName"], arn, json.dumps(found["Document"]))
