"""What an argument is called after is what it is given."""

import re

import pytest

from tests.plan.hcl import read_module
from tests.plan.offline import ROOT_MODULE

FOLDERS = sorted({file.parent for file in ROOT_MODULE.rglob("*.tf") if ".terraform" not in file.parts})
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT_MODULE)))
# One reference and nothing beside it.
REFERENCE = re.compile(r"\$\{([a-z_]\w*(?:\.[\w*-]+|\[[^\]]*\])+)\}")
ENDING = re.compile(r"(?:^|_)(arn|id|name|url)s?$")
# AWS takes an ARN for these too, and from another account nothing else.
KEYS = {"kms_key_id", "kms_master_key_id"}
# Arguments that are called after no attribute, and the one that AWS asks for.
ATTRIBUTES = {
    "bucket": {"bucket"},
    "policy": {"json", "minified_json"},
    "role": {"name"},
    "security_groups": {"id"},
    "subnets": {"id"},
    "task_definition": {"arn"},
    "vpc": {"id"},
}


@EACH
def test_an_argument_takes_the_attribute_that_it_is_named_after(folder):
    """An ARN goes where an ARN is asked for, an id where an id is, and a plan knows neither."""
    module = read_module(folder)
    wrong = {
        f"{place}.{argument} = {last}"
        for place, body in [*module.resources.items(), *module.calls.items()]
        for argument, last in _references(body)
        if argument not in KEYS and _differ(argument, last)
    }
    wrong |= {
        f"output.{name} = {last}"
        for name, body in module.outputs.items()
        for _, last in _references({"value": body["value"]})
        if _differ(name, last)
    }
    assert set() == wrong


def test_an_argument_that_has_another_name_takes_what_aws_asks_for():
    """A role is attached by its name, a task runs in subnets by their ids."""
    found = {
        (argument, last)
        for folder in FOLDERS
        for name, body in read_module(folder).resources.items()
        for argument, value in _arguments(body)
        if argument in ATTRIBUTES and re.match(r"\$\{(data\.)?aws_", value)
        for last in [_last(value)]
    }
    assert {"bucket", "policy", "role"} <= {argument for argument, _ in found}
    assert set() == {(argument, last) for argument, last in found if last not in ATTRIBUTES[argument]}


def _differ(name, last):
    """Whether both names say what they are, and not the same."""
    asked, given = ENDING.search(name), ENDING.search(last)
    return bool(asked and given and asked[1] != given[1])


def _references(body):
    """Each argument that is one reference, with the last name of that."""
    return [(name, _last(value)) for name, value in _arguments(body) if REFERENCE.fullmatch(value)]


def _last(value):
    return re.sub(r"\[[^\]]*\]|\.\*", "", value.strip("${}")).split(".")[-1]


def _arguments(value, name=""):
    """Every argument of a block and of the blocks in it, down to expressions."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _arguments(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _arguments(one, name)
    elif isinstance(value, str):
        yield name, value
