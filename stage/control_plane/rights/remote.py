"""Policies that another process knows: the emulated AWS that has SQS alone asks the one that has the rest."""

import time
from collections.abc import Callable
from threading import Condition
from typing import ClassVar

from cachetools import TTLCache, cached

from stage.authorization.evaluate import Policies
from stage.authorization.request import Request
from stage.control_plane.callers import Caller
from stage.control_plane.reports import Reporter
from stage.control_plane.rights import identity_policies, resource_policies
from stage.control_plane.rights.documents import Document
from stage.control_plane.rights.policies import Rights
from stage.control_plane.rights.resource_policies import Attached

_OWN = "sqs"


class Elsewhere:
    """Policies as another emulated AWS has them, but for those of queues, which are here.

    Of many threads that want to know the same at once, one asks.

    Args:
        endpoint_url: Address of the other.
        now: A clock, in seconds.

    Raises:
        EndpointConnectionError: From its methods, if the other does not answer.
    """

    KEPT_SECONDS: ClassVar[float] = 1.0
    """For so long an answer counts, so that a loaded queue asks once a second and not for each message.

    On AWS it takes longer until a change of policies is seen everywhere.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    """
    MAX_KEPT: ClassVar[int] = 4096
    """Answers that are kept at the same time, one for each role and key: a stage has some dozen."""

    def __init__(self, endpoint_url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._reporter = Reporter(endpoint_url)
        for_a_while = (self.MAX_KEPT, self.KEPT_SECONDS, now)
        self._documents = cached(TTLCache(*for_a_while), condition=Condition())(self._asked_documents)
        self._attached = cached(TTLCache(*for_a_while), condition=Condition())(self._asked_attached)

    def rights_of(self, caller: Caller) -> Rights:
        """Policies of a caller, as they were a moment ago."""
        arn, session = identity_policies.held_by(caller)
        return Rights.of(self._documents(arn, session) if arn else ())

    def policies_on(self, request: Request, rights: Rights) -> Policies:
        """All policies that apply to a request, those of a queue as they are."""
        holder = resource_policies.holder_of(request)
        if not holder or resource_policies.service_of(holder) == _OWN:
            return rights.on(resource_policies.attached_to(holder, request.account))
        return rights.on(self._attached(holder, request.account))

    def _asked_documents(self, arn: str, session: str) -> tuple[Document, ...]:
        return tuple(Document.of(one) for one in self._reporter.policies_of(arn, session))

    def _asked_attached(self, holder: str, account: str) -> Attached:
        return Attached.of(self._reporter.policies_on(holder, account))


def at(endpoint_url: str) -> Elsewhere:
    """Policies that the emulated AWS at an address knows."""
    return Elsewhere(endpoint_url)
