"""Paths of the data, held against AWS's own models of parameters; and examples made by them."""

from functools import cache

import botocore.session
from botocore.loaders import Loader
from botocore.validate import ParamValidator

from stage.authorization.calls.call import Call
from stage.authorization.calls.forms import filled, places
from stage.authorization.calls.places import Identified
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION

SESSION = botocore.session.get_session()
# Models of its own: a client of S3 takes the bucket out of the paths of those that all others share.
SESSION.register_component("data_loader", Loader())
_TAGGED = {"Key": "Application", "key": "Application", "TagKey": "Application"}
_WORTH = {"Value": "notifications", "value": "notifications", "TagValue": "notifications"}
# What an identifier looks like to those readers that look at it.
_LOOKS = {
    "copied_object": "box/a/b",
    "ec2_id": "vpc-1",
    "linked_role": "ecs.amazonaws.com",
    "new_listener": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/balancer/1",
    "new_rule": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/balancer/1/2",
    "queue_url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mail",
    "scaled_service": "service/notifications/api",
    "sender": "Mail <mail@example.com>",
    "without_scheme": "https://token.example.com",
}
# And what is in a condition key.
_OF_KEYS = {
    "iam:AWSServiceName": "ecs.amazonaws.com",
    "iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/one",
    "iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/one",
}


class MissingMemberError(Exception):
    """A path leads to a parameter that the operation does not have."""


@cache
def model_of(models, operation):
    """The first of a service's models that has an operation."""
    return next(one for one in models if operation in SESSION.get_service_model(one).operation_names)


@cache
def shape_of(models, operation):
    """The shape of an operation's parameters; None if it takes none."""
    model = SESSION.get_service_model(model_of(models, operation))
    return model.operation_model(operation).input_shape


def members(tree, shape):
    """What an expression reads: steps to each value, and its shape.

    Raises:
        MissingMemberError: There is no such parameter.
    """
    children = tree.get("children", [])
    match tree["type"]:
        case "field":
            found = [_member(shape, tree["value"])]
        case "subexpression" | "index_expression":
            found = [((), shape)]
            for child in children:
                found = _after(found, child)
        case "projection" | "filter_projection":
            found = _after([_element(one) for one in members(children[0], shape)], children[1])
        case "function_expression" if tree["value"] == "keys":
            found = [((*steps, None), of.key) for steps, of in members(children[0], shape)]
        case "flatten" | "or_expression" | "multi_select_list" | "function_expression" | "literal":
            found = [one for child in children for one in members(child, shape)]
        case "identity":
            found = [((), shape)]
        case other:
            raise MissingMemberError(f"nobody reads {other}")
    return found


def example(table, row, operation):
    """A call of an operation that names all that its row looks for, valid by AWS's own model."""
    shape = shape_of(table.models, operation)
    parameters = {}
    if shape is not None:
        # What a reader looks at has the last word.
        for path, value in sorted(_wanted(row), key=lambda one: one[1] in _LOOKS.values()):
            for steps, of in members(path.parsed, shape):
                _put(parameters, steps, _value(of, value))
        _complete(parameters, shape)
        report = ParamValidator().validate(parameters, shape).generate_report()
        assert not report, f"{operation}: {report}"
    return Call(table.signing_names[0], operation, parameters, REGION, ACCOUNT)


def least(table, operation):
    """A call of an operation that gives what its model requires, and nothing else."""
    shape = shape_of(table.models, operation)
    return Call(table.signing_names[0], operation, _least(shape) if shape else {}, REGION, ACCOUNT)


def _member(shape, name):
    if shape.type_name == "map":
        return ((name,), shape.value)
    if shape.type_name != "structure" or name not in shape.members:
        raise MissingMemberError(f"{shape.name} has no {name}")
    return ((name,), shape.members[name])


def _element(found):
    steps, shape = found
    return ((*steps, 0), shape.member) if shape.type_name == "list" else found


def _after(found, tree):
    return [((*steps, *more), of) for steps, shape in found for more, of in members(tree, shape)]


def _wanted(row):
    """Each path of a row with what stands there."""
    others = [place for _, some in (*row.parts, *row.passes, *row.also) for place in some]
    of_kms = [row.kms.key] if row.kms and row.kms.key else []
    for one in (*row.among, *others, *of_kms, *row.tagged, *(row.unnamed or ()), *row.about):
        for path in one.paths:
            yield path, _identifier(one, path)
    for key in row.keys:
        for path in key.paths:
            yield (
                path,
                _identifier(key.place, path) if key.place else _OF_KEYS.get(key.name, "mail@example.com"),
            )
    if row.tags:
        yield row.tags, "Application"


def _identifier(place, path):
    if not isinstance(place, Identified):
        return ACCOUNT if path == place.account else "one"
    if path.text == "GatewayId":
        return "igw-1"
    if place.reader.__name__ in _LOOKS:
        return _LOOKS[place.reader.__name__]
    takes_an_arn = path.text.lower().rstrip("s]'").endswith("arn")
    names = ("one",) * len(places(place.kind))
    return (
        filled(place.kind, names, {"Partition": "aws", "Region": REGION, "Account": ACCOUNT})
        if (takes_an_arn or place.kind == "ecs:service-deployment")
        else "one"
    )


def _value(shape, value):
    match shape.type_name:
        case "list":
            return [_value(shape.member, value)]
        case "map":
            return {"Application": "notifications"}
        case "structure" if shape.members.keys() & _TAGGED.keys():
            known = {**_TAGGED, **_WORTH}
            return {name: known[name] for name in shape.members if name in known}
        case "integer":
            return 1
        case _:
            return value


def _put(parameters, steps, value):
    """Set what steps lead to: names, 0 for the one element of a list, None for the key of a mapping."""
    first, *rest = steps
    if first is None:
        parameters[value] = None
    elif not rest:
        parameters[first] = value
    elif rest[0] == 0:
        some = parameters.setdefault(first, [{}])
        if rest[1:]:
            _put(some[0], rest[1:], value)
        else:
            parameters[first] = [value]
    else:
        _put(parameters.setdefault(first, {}), rest, value)


def _complete(found, shape):
    """Add what is required of the parameters, and of those within them."""
    if shape.type_name == "list":
        for one in found:
            _complete(one, shape.member)
    elif shape.type_name == "map":
        for name, one in found.items():
            found[name] = _least(shape.value) if one is None else one
            _complete(found[name], shape.value)
    elif shape.type_name == "structure":
        _complete_structure(found, shape)


def _complete_structure(found, shape):
    if shape.is_tagged_union:
        # It takes one of its members.
        for name in list(found)[1:]:
            del found[name]
    for name in shape.required_members:
        if name not in found:
            found[name] = _least(shape.members[name])
    for name, value in found.items():
        _complete(value, shape.members[name])


def _least(shape):
    """The least that is valid."""
    length = max(1, int(shape.metadata.get("min", 1)))
    makers = {
        "structure": lambda: {name: _least(shape.members[name]) for name in shape.required_members},
        "list": lambda: [_least(shape.member)],
        "map": lambda: {"one": _least(shape.value)},
        "boolean": lambda: True,
        "timestamp": lambda: "2026-01-01T00:00:00Z",
        "blob": lambda: b"one",
        "string": lambda: shape.enum[0] if shape.enum else "one" * length,
    }
    return makers.get(shape.type_name, lambda: length)()
