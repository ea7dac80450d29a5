"""Plans as Terraform prints them, put together from resources that stand and from what becomes of them."""

import copy
import json
from pathlib import Path

import yaml

from ops.plan_check.plan import changes_of

HERE = Path(__file__).parent

_ACTIONS = {
    "update": ["update"],
    "replace": ["delete", "create"],
    "replace before": ["create", "delete"],
    "delete": ["delete"],
    "create": ["create"],
    "forget": ["forget"],
    "stays": ["no-op"],
}
# Values that AWS gives, and a plan does not know of what is new.
_GIVEN_BY_AWS = ("id", "arn", "url", "key_id", "dns_name", "revision", "security_group_rule_id")


class _Loader(yaml.SafeLoader):
    """YAML in which `!json` makes a text of what follows, as policies are given to the provider."""


def _json(loader, node):
    value = (
        loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.MappingNode)
        else loader.construct_sequence(node, deep=True)
    )
    return json.dumps(value)


_Loader.add_constructor("!json", _json)


def load(path):
    """A file of YAML."""
    return yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - derived from the safe one


RESOURCES = {
    name: resource
    for path in sorted((HERE / "resources").glob("*.yaml"))
    for name, resource in load(path).items()
}


def plan(*changes, **further):
    """A plan's JSON.

    Args:
        changes: What becomes of resources, as `resource_change` takes it.
        further: Further parts of the plan.
    """
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {}},
            "resource_changes": [resource_change(**change) for change in changes],
            "applyable": True,
            "complete": True,
            "errored": False,
        }
        | further
    )


def changes(*given):
    """Changes as rules take them."""
    return changes_of(plan(*given), "the plan")


def change(of, **given):
    """One change as rules take it."""
    (one,) = changes({"of": of, **given})
    return one


def resource_change(
    of,
    action="update",
    was=None,
    becomes=None,
    unknown=(),
    sensitive=(),
    address="",
    forces=(),
    moved_from="",
    imported="",
    reason="",
):
    """What becomes of a resource, as a part of a plan.

    Args:
        of: Name of the resource in resources/.
        action: One of Terraform's, or a replacement; by default it is changed in place.
        was: Values that stand and are others than there, by their paths.
        becomes: Values that come and are others than those that stand.
        unknown: Paths of values that only the apply knows.
        sensitive: Paths of what is sensitive.
        address: Another address than there.
        forces: Attributes that force a replacement.
        moved_from: Address that it had before.
        imported: Id by which it is taken over.
        reason: Terraform's word for why it is replaced or deleted.
    """
    resource = RESOURCES[of]
    before = _with(resource["values"], was or {})
    after = _with(before, becomes or {})
    actions = _ACTIONS[action]
    if "create" in actions:
        unknown = (*unknown, *(name for name in _GIVEN_BY_AWS if name in after))
    after_unknown = {}
    for path in unknown:
        put(after_unknown, path.split("."), True, shape=after)
        _take(after, path.split("."))
    marks = {}
    for path in sensitive:
        put(marks, path.split("."), True, shape=before)
    full = {
        "address": address or resource["address"],
        "mode": "managed",
        "type": resource["type"],
        "name": "this",
        "provider_name": "registry.example/hashicorp/aws",
        "change": {
            "actions": actions,
            "before": None if action == "create" else before,
            "after": None if action in ("delete", "forget") else after,
            "after_unknown": after_unknown if action not in ("delete", "forget") else False,
            "before_sensitive": marks or False,
            "after_sensitive": marks or False,
        },
    }
    if forces:
        full["change"]["replace_paths"] = [path.split(".") for path in forces]
    if imported:
        full["change"]["importing"] = {"id": imported}
    if moved_from:
        full["previous_address"] = moved_from
    if reason:
        full["action_reason"] = reason
    return full


def _with(values, others):
    made = copy.deepcopy(values)
    for path, value in others.items():
        put(made, path.split("."), value)
    return made


def put(tree, path, value, shape=None):
    """Set a value, and make what is missing on the way to it: of the kind that it is of in `shape`."""
    for place, name in enumerate(path[:-1]):
        key = _key(tree, name)
        shape = shape[_key(shape, name)] if shape is not None else None
        empty = [] if isinstance(shape, list) or path[place + 1].isdigit() else {}
        if isinstance(tree, list):
            tree += [{} for _ in range(key + 1 - len(tree))]
        elif not tree.get(key):
            tree[key] = empty
        tree = tree[key]
    key = _key(tree, path[-1])
    if isinstance(tree, list):
        tree += [False for _ in range(key + 1 - len(tree))]
    tree[key] = value


def _take(tree, path):
    for name in path[:-1]:
        tree = tree[_key(tree, name)]
    if isinstance(tree, list):
        tree[int(path[-1])] = None
    else:
        tree.pop(path[-1], None)


def _key(tree, name):
    return int(name) if isinstance(tree, list) else name
