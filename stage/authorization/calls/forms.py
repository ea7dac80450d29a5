"""Forms of ARNs, filled in with what a call is about."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from stage.authorization.calls.call import Call
from stage.authorization.errors import UnplacedCallError
from stage.authorization.reference import PLACEHOLDER, arn_form, filled_in

_WHERE = ("Partition", "Region", "Account")
_KEPT = 65536


@cache
def form_of(kind: str) -> str:
    """The form of a type's ARNs, such as that of "sqs:queue"."""
    return arn_form(*kind.split(":", 1))


@cache
def places(kind: str) -> tuple[str, ...]:
    """Places of a type's ARNs that names go into: ("ClusterName", "ServiceName") of "ecs:service"."""
    return tuple(one for one in PLACEHOLDER.findall(form_of(kind)) if one not in _WHERE)


def filled(kind: str, names: tuple[str, ...], where: Mapping[str, str]) -> str:
    """An ARN.

    Args:
        kind: Type of resource, such as "ecs:service".
        names: For its places, in their order; "*" for one that is not known before the call.
        where: Partition, region and account.

    Raises:
        UnplacedCallError: The names are not as many as the places: the type is named by its ARN alone.
    """
    return _filled(kind, names, where["Partition"], where["Region"], where["Account"])


def new(kind: str, call: Call) -> Iterable[str]:
    """The ARN of what a call makes and AWS numbers: an asterisk in the number's place."""
    return (filled(kind, ("*",) * len(places(kind)), call.where),)


def named_in(text: str) -> str:
    """The name in an ARN; a name as it is."""
    if not text.startswith("arn:"):
        return text
    resource = text.split(":", 5)[5]
    if resource.startswith("log-group:"):
        return resource.split(":")[1]
    return resource.rpartition("/")[2]


@lru_cache(maxsize=_KEPT)
def _filled(kind: str, names: tuple[str, ...], partition: str, region: str, account: str) -> str:
    if len(names) != len(places(kind)):
        raise UnplacedCallError(f"{', '.join(names)} is no {kind}: {form_of(kind)}")
    where = {"Partition": partition, "Region": region, "Account": account}
    return filled_in(form_of(kind), where | dict(zip(places(kind), names, strict=True)))
