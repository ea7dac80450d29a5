"""Policies that are passed when a session begins, which limit what it may do."""

from typing import Any, NamedTuple

from moto.core.responses import ActionResult
from moto.sts import models, responses

from stage.control_plane.extensions.registration import Extension, Gap, overrides


class Limits(NamedTuple):
    """Policies of a session.

    Attributes:
        policy: As JSON; "" if none was passed.
        policy_arns: Of the managed policies that were passed.
    """

    policy: str
    policy_arns: tuple[str, ...]


class STSBackend(models.STSBackend):
    """STS that knows the policies of sessions.

    Attributes:
        limits: Of sessions that have any, by their access keys.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.limits: dict[str, Limits] = {}


class TokenResponse(responses.TokenResponse):
    """Requests of STS."""

    @overrides
    def assume_role(self) -> ActionResult:
        """AssumeRole."""
        return self._limited(super().assume_role())

    @overrides
    def assume_role_with_web_identity(self) -> ActionResult:
        """AssumeRoleWithWebIdentity."""
        return self._limited(super().assume_role_with_web_identity())

    @overrides
    def assume_role_with_saml(self) -> ActionResult:
        """AssumeRoleWithSAML."""
        return self._limited(super().assume_role_with_saml())

    def _limited(self, answer: ActionResult) -> ActionResult:
        """The answer, once the policies that its session was begun with are known."""
        arns = tuple(one["arn"] for one in self._get_param("PolicyArns", []))
        limits = Limits(self._get_param("Policy") or "", arns)
        if any(limits):
            session: Any = answer.result["Credentials"]
            # A session is of its role's account, whoever asked for it.
            backend = models.sts_backends[session.account_id][session.partition]
            backend.limits[session.access_key_id] = limits
        return answer


EXTENSION = Extension(
    service="sts",
    gaps=(
        Gap(
            "session_policies",
            "Managed policies that a session is begun with are forgotten.",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
        ),
    ),
    backend=STSBackend,
    response=TokenResponse,
)
