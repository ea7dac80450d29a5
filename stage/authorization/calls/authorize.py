"""A call of AWS as requests for authorization, each of which has to be allowed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from stage.authorization.calls.call import Call
from stage.authorization.calls.forms import named_in
from stage.authorization.calls.places import Place
from stage.authorization.calls.readers import LINKED_ROLES
from stage.authorization.calls.table import Encrypted, Row, Table, table_of
from stage.authorization.calls.tags import tags_in
from stage.authorization.calls.world import World
from stage.authorization.errors import UnplacedCallError
from stage.authorization.principals import Principal
from stage.authorization.reference import authorized_on, keys_about, types_of
from stage.authorization.request import Request, Value

_EVERYTHING = "*"
_KEPT = 65536
_OF_TAGS = ":ResourceTag/"


@dataclass(frozen=True)
class Asked:
    """A right that a call takes.

    Attributes:
        action: By IAM's name, such as "sqs:SendMessage".
        resource: ARN, or "*".
        context: Values of condition keys, without those that follow from the caller.
        owner: Number of the account that the resource belongs to, where its ARN does not say; "" where it
            does.
    """

    action: str
    resource: str
    context: Mapping[str, Value]
    owner: str = ""


def requests(call: Call, principal: Principal, world: World) -> list[Request]:
    """Requests that have to be allowed for a call to be carried out.

    Args:
        call: That is made.
        principal: The caller.
        world: What is there.

    Raises:
        UnknownOperationError: Nobody has written down what the operation is about.
        UnplacedCallError: The call does not name what it is about.
    """
    return [
        Request(principal, one.action, one.resource, one.owner, one.context) for one in asked(call, world)
    ]


def asked(call: Call, world: World) -> list[Asked]:
    """Rights that a call takes, its own first.

    Raises:
        UnknownOperationError: Nobody has written down what the operation is about.
        UnplacedCallError: The call does not name what it is about.
    """
    table = table_of(call.service)
    return list(_Asking(call, world, table, table.row(call.operation)).all())


class _Asking:
    """The rights of one call."""

    def __init__(self, call: Call, world: World, table: Table, row: Row) -> None:
        self._call = call
        self._world = world
        self._table = table
        self._row = row
        self._way = {
            "aws:RequestedRegion": call.region,
            "aws:ViaAWSService": False,
            "kms:CallerAccount": call.account,
            **call.way,
        }

    def all(self) -> Iterator[Asked]:
        row, given = self._row, self._given()
        own = list(self._own(given))
        yield from own
        yield from self._tagging(given)
        for service, places in row.passes:
            yield from self._each("iam:PassRole", places, self._way | {"iam:PassedToService": service})
        yield from self._linked()
        via = self._way | {"aws:ViaAWSService": True}
        for name, places in row.also:
            if places:
                yield from self._each(name, places, via)
            else:
                yield self._one(name, _EVERYTHING, via)
        if row.kms and (not row.kms.wanted or row.kms.wanted.found(self._call.parameters)):
            yield from self._encryption(row.kms, _once(one.resource for one in own), via)

    def _own(self, given: Mapping[str, Value]) -> Iterator[Asked]:
        """Rights to what the operation itself does."""
        row, prefix = self._row, self._table.prefix
        parts = [one for name, places in row.parts for one in self._each(f"{prefix}:{name}", places, given)]
        if row.parts and not parts:
            raise self._unplaced(row.parts[0][1][0])
        yield from parts
        resources = [one.resource for one in parts] or self._resources()
        for name in self._actions():
            for resource in _once(authorized_on(name, one) for one in resources):
                yield self._one(name, resource, given)

    def _unplaced(self, place: Place) -> UnplacedCallError:
        where = " or ".join(path.text for path in place.paths)
        prefix = self._table.prefix
        return UnplacedCallError(
            f"{prefix}:{self._call.operation} names no {place.kind}: it would in {where}, by {prefix}.yaml"
        )

    def _actions(self) -> Iterable[str]:
        row, given = self._row, self._call.parameters
        instead = [name for path, name in row.instead if path.found(given)]
        besides = [name for path, name in row.when if path.found(given)]
        own = instead or row.actions or (() if row.parts else (self._call.operation,))
        return [f"{self._table.prefix}:{name}" for name in (*own, *besides)]

    def _resources(self) -> list[str]:
        row = self._row
        found = [(one, one.arns(self._call, self._world)) for one in row.about]
        missing = [one for one, arns in found if not arns]
        if missing and (row.unnamed is None or len(missing) < len(found)):
            raise self._unplaced(missing[0])
        arns = [arn for _, some in found for arn in some]
        if missing:
            arns = [arn for one in row.unnamed or () for arn in one.arns(self._call, self._world)]
        arns += [arn for one in row.among for arn in one.arns(self._call, self._world)]
        return arns or [_EVERYTHING]

    def _given(self) -> dict[str, Value]:
        """Condition keys that the parameters tell."""
        found: dict[str, Value] = dict(self._way)
        for key in self._row.keys:
            found.update(key.values(self._call, self._world))
        if self._row.tags:
            tags = tags_in(self._row.tags.found(self._call.parameters))
            if tags:
                found["aws:TagKeys"] = list(tags)
            found.update({f"aws:RequestTag/{key}": value for key, value in tags.items() if value is not None})
        return found

    def _tagging(self, given: dict[str, Value]) -> Iterator[Asked]:
        tagging = self._row.tagging or self._table.tagging
        if "aws:TagKeys" not in given:
            return
        made = {self._table.tagging_key: self._call.operation} if self._table.tagging_key else {}
        yield from self._each(f"{self._table.prefix}:{tagging}", self._row.tagged, given | made)

    def _linked(self) -> Iterator[Asked]:
        service = self._row.linked
        if service and not self._world.arns("iam:role", name := LINKED_ROLES[service]):
            arn = (
                f"arn:{self._call.partition}:iam::{self._call.account}:role/aws-service-role/{service}/{name}"
            )
            yield self._one("iam:CreateServiceLinkedRole", arn, self._way | {"iam:AWSServiceName": service})

    def _encryption(
        self, use: Encrypted, resources: Iterable[str], via: Mapping[str, Value]
    ) -> Iterator[Asked]:
        """Use of keys, which the service makes in the caller's name.

        https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        """
        through = {
            **via,
            "kms:ViaService": f"{self._table.prefix}.{self._call.region}.{self._call.domain}",
            "kms:GrantIsForAWSResource": True,
        }
        for resource in resources:
            keys = use.key.arns(self._call, self._world) if use.key else []
            key = keys[0] if keys else self._world.encryption_key(resource)
            if key:
                context = through | self._encryption_context(resource)
                for name in use.actions:
                    yield self._one(f"kms:{name}", key, context)

    def _encryption_context(self, resource: str) -> dict[str, Value]:
        pairs = {
            key: text.format(arn=resource, name=named_in(resource), account=self._call.account)
            for key, text in self._table.encryption_context.items()
        }
        found: dict[str, Value] = {f"kms:EncryptionContext:{key}": value for key, value in pairs.items()}
        if pairs:
            found["kms:EncryptionContextKeys"] = list(pairs)
        return found

    def _each(self, name: str, places: Iterable[Place], context: Mapping[str, Value]) -> Iterator[Asked]:
        arns = (arn for place in places for arn in place.arns(self._call, self._world))
        for resource in _once(authorized_on(name, arn) for arn in arns):
            yield self._one(name, resource, context)

    def _one(self, name: str, resource: str, context: Mapping[str, Value]) -> Asked:
        if resource == _EVERYTHING:
            return Asked(name, resource, context)
        return Asked(name, resource, {**context, **self._about(name, resource)}, self._owner(resource))

    def _owner(self, resource: str) -> str:
        """The account of what has none in its ARN; "" for the rest."""
        _, _, service, _, account, rest = resource.split(":", 5)
        if account:
            return ""
        found = self._world.owner(rest.partition("/")[0]) if service == "s3" else ""
        return found or self._call.account

    def _about(self, name: str, resource: str) -> dict[str, Value]:
        """Condition keys about a resource that is there."""
        if resource.endswith(_EVERYTHING):
            return {}
        found: dict[str, Value] = {}
        if prefixes := _tag_keys(name, resource):
            tags = self._world.tags(resource)
            found = {f"{prefix}{key}": value for prefix in prefixes for key, value in tags.items()}
        if table_of(name.partition(":")[0]).own_keys:
            # What a call has to ask for, the resource cannot have instead.
            told = {key.name for key in self._row.keys}
            found.update({key: value for key, value in self._world.keys(resource).items() if key not in told})
        return found


def _once(found: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(found)


@lru_cache(maxsize=_KEPT)
def _tag_keys(name: str, resource: str) -> tuple[str, ...]:
    """Beginnings of the condition keys of a resource's tags, for an action: "aws:ResourceTag/"."""
    keys = keys_about(name, types_of(name, resource))
    return tuple(sorted({key.partition("/")[0] + "/" for key in keys if _OF_TAGS in key}))
