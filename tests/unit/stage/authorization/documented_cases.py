"""Cases from AWS's documentation, kept as data: policies, calls, and what AWS says comes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stage.authorization.evaluate import Policies
from stage.authorization.grants import Grant
from stage.authorization.policy import Kind, Policy, parse
from stage.authorization.principals import ANONYMOUS, Principal
from stage.authorization.request import Request

ACCOUNT = "111122223333"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/worker"
PRINCIPALS = {
    "carlos": Principal.of(f"arn:aws:iam::{ACCOUNT}:user/carlos"),
    "maria": Principal.of(f"arn:aws:iam::{ACCOUNT}:user/maria"),
    "root": Principal.of(f"arn:aws:iam::{ACCOUNT}:root"),
    "session": Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/run", ROLE),
    "other session": Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/other", ROLE),
    "federated": Principal.of(
        f"arn:aws:sts::{ACCOUNT}:federated-user/carlos", f"arn:aws:iam::{ACCOUNT}:user/carlos"
    ),
    "stranger": Principal.of("arn:aws:iam::444455556666:user/stranger"),
    "anonymous": ANONYMOUS,
    "cloudwatch": Principal.service("cloudwatch.amazonaws.com"),
    "ecs": Principal.service("ecs-tasks.amazonaws.com"),
    "logs": Principal.service("logs.eu-west-1.amazonaws.com"),
    "sns": Principal.service("sns.amazonaws.com"),
    "github": Principal.identity(f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"),
}
"""Callers by the names that the data has for them."""
_FOLDER = Path(__file__).with_name("documented")


@dataclass(frozen=True)
class Case:
    """A statement of the documentation.

    Attributes:
        file: That it is in.
        page: URL of the documentation.
        says: The statement.
        values: Policies, calls, or the error by which a policy is refused.
    """

    file: str
    page: str
    says: str
    values: dict[str, Any]

    @property
    def calls(self) -> list["Call"]:
        """Calls with what comes of them; each may have policies of its own."""
        return [Call(self, {**self.values, **call}) for call in self.values.get("calls", ())]

    def parse_all(self) -> Policies:
        """The policies, for a case without calls."""
        return Call(self, self.values).policies


@dataclass(frozen=True)
class Call:
    """A call of a case.

    Attributes:
        case: That it is of.
        values: As in the data.
    """

    case: Case
    values: dict[str, Any]

    @property
    def request(self) -> Request:
        """The request; a user sends to a queue where the data says nothing else."""
        resource = self.values.get("to", QUEUE)
        has_owner = resource == "*" or resource.split(":")[4]
        return Request(
            PRINCIPALS[self.values.get("by", "carlos")],
            self.values.get("do", "sqs:SendMessage"),
            resource,
            self.values.get("owner", "" if has_owner else ACCOUNT),
            self.values.get("with", {}),
        )

    @property
    def policies(self) -> Policies:
        """All that applies to it."""
        (boundary,) = self._read(Kind.BOUNDARY, "boundary") or (None,)
        (endpoint,) = self._read(Kind.ENDPOINT, "endpoint") or (None,)
        resource = self._read(Kind.RESOURCE, "resource") or self._read(Kind.TRUST, "trust")
        return Policies(
            self._read(Kind.IDENTITY, "identity", "identities"),
            boundary,
            self._read(Kind.SESSION, "session", "sessions"),
            resource[0] if resource else None,
            tuple(
                Grant(**{**grant, "operations": frozenset(grant["operations"])})
                for grant in self.values.get("grants", ())
            ),
            endpoint,
        )

    @property
    def expected(self) -> str | None:
        """The reason of a refusal; None for a call that is allowed."""
        outcome, _, kind = self.values["is"].partition(" ")
        if outcome == "allowed":
            return None
        name = Kind[kind.upper()].value
        if outcome == "no":
            return f"because no {name} allows the {self.request.action} action"
        article = {"identity": "an", "trust": "the"}.get(kind, "a")
        return f"with an explicit deny in {article} {name}"

    def _read(self, kind: Kind, one: str, several: str = "") -> tuple[Policy, ...]:
        found = [self.values[one]] if one in self.values else self.values.get(several, [])
        return tuple(parse(self._document(statements, kind), kind) for statements in found)

    def _document(self, statements: Any, kind: Kind) -> dict[str, Any]:
        listed = statements if isinstance(statements, list) else [statements]
        version = self.values.get("version", "2012-10-17")
        whole = {"Statement": [self._statement(one, kind) for one in listed]}
        return {"Version": version, **whole} if version else whole

    def _statement(self, given: dict[str, Any], kind: Kind) -> dict[str, Any]:
        """A statement with what the data leaves out: it allows every action on every resource."""
        found = {"Effect": "Allow", **given}
        if not found.keys() & {"Action", "NotAction", "Actions"}:
            found["Action"] = "*"
        bare = kind is Kind.TRUST or self.values.get("bare")
        if not bare and not found.keys() & {"Resource", "NotResource"}:
            found["Resource"] = "*"
        return found


def read_cases() -> Iterator[Case]:
    """All cases of all files."""
    for path in sorted(_FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            yield Case(path.stem, case.get("page", content["page"]), case["says"], case)
