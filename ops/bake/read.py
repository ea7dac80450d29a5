"""Figures of a release candidate, as AWS has them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from common.pages import described_services
from ops.bake import alarms
from ops.bake.evidence import Evidence, Figures
from ops.bake.mails import read_mails
from ops.bake.metrics import Window
from ops.bake.outputs import Deployed
from ops.bake.requests import read_requests
from ops.errors import OpsError


def read(session: Any, deployed: Deployed, since: datetime, until: datetime) -> Figures:
    """Figures of both services' canaries and stable versions, and their alarms.

    Args:
        session: boto3's, for the region that they are in.
        deployed: Their names.
        since: Beginning of the first minute.
        until: End of the last one; if there is none in between, nothing but alarms is told.

    Raises:
        OpsError: CloudWatch did not tell all of it, or something of it is not there.
        ClientError: AWS refuses.
        BotoCoreError: AWS does not answer.
    """
    window = Window(session.client("cloudwatch"), since, until)
    services = _described(session.client("ecs"), deployed)
    api, sender = deployed.api, deployed.sender
    evidence = [read_requests(window, session.client("elbv2"), api)]
    watched = {api.stable_service: _Watched.of(api.canary_alarms, services[api.stable_service])}
    if sender is not None:
        canary, stable = services[sender.canary_service], services[sender.stable_service]
        tasks = {"canary": canary["desiredCount"], "stable": stable["desiredCount"]}
        evidence.append(read_mails(window, sender, tasks))
        watched[sender.stable_service] = _Watched.of(sender.canary_alarms, stable)
    on = alarms.on(window.cloudwatch, [name for one in watched.values() for name in one.names])
    return Figures([watched[one.service].told(one, on) for one in evidence], deployed.without_canary)


@dataclass(frozen=True)
class _Watched:
    """Alarms of a service, by the version that they are of."""

    canary: Sequence[str]
    stable: Sequence[str]

    @classmethod
    def of(cls, canary: Sequence[str], stable: Mapping[str, Any]) -> Self:
        return cls(canary, alarms.of_deployments(stable))

    @property
    def names(self) -> Sequence[str]:
        return [*self.canary, *self.stable]

    def told(self, evidence: Evidence, on: Collection[str]) -> Evidence:
        """The evidence with those of the alarms that are on."""
        canary, stable = ([name for name in names if name in on] for names in (self.canary, self.stable))
        return replace(
            evidence,
            canary=replace(evidence.canary, alarms=canary),
            stable=replace(evidence.stable, alarms=stable),
        )


def _described(ecs: Any, deployed: Deployed) -> dict[str, Mapping[str, Any]]:
    """ECS services by their names. Of one that is gone it goes on telling for a while.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    sender = deployed.sender
    names = [
        deployed.api.stable_service,
        *((sender.stable_service, sender.canary_service) if sender is not None else ()),
    ]
    found: dict[str, Mapping[str, Any]] = {
        service["serviceName"]: service
        for service in described_services(ecs, deployed.cluster, names)
        if service["status"] == "ACTIVE"
    }
    missing = sorted(set(names) - found.keys())
    if missing:
        raise OpsError(f"there is no service {', '.join(missing)} in {deployed.cluster}: apply first")
    return found
