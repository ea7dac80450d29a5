import json

import pytest

from stage.errors import StageError
from stage.terraform.setting import Setting, declared_in, parse, setting

MODULE = """
variable "image_tag" { type = string }
variable "replicas" {
  type    = number
  default = 2
}
variable "loose" {}
variable "anything" { type = any }
variable "canary" {
  type    = object({ image_tag = string, weight = number })
  default = null
}
variable "zones" { type = list(string) }
"""


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """GIVEN the variables of a root module."""
    folder = tmp_path_factory.mktemp("root")
    (folder / "variables.tf").write_text(MODULE)
    (folder / "main.tf").write_text('variable "more" { type = bool }\noutput "x" { value = var.more }\n')
    return declared_in(folder)


def test_variables_are_found_in_all_files(declared):
    """With the types that decide how a value is written."""
    assert {"image_tag", "replicas", "loose", "anything", "canary", "zones", "more"} == set(declared)


@pytest.mark.parametrize(
    ("argument", "name", "value"),
    [
        ("image_tag=1.10", "image_tag", "1.10"),
        ("image_tag=", "image_tag", ""),
        ("image_tag=a=b", "image_tag", "a=b"),
        (" image_tag =1", "image_tag", "1"),
        ('image_tag=a "b" ${c}', "image_tag", 'a "b" ${c}'),
        ("replicas=3", "replicas", "3"),
        ("more=true", "more", "true"),
        ("loose=1.10", "loose", "1.10"),
    ],
)
def test_a_simple_value_is_taken_as_it_is(declared, argument, name, value):
    """Terraform makes a number of a text where it wants one; a version is not to become a number first."""
    found = parse(argument, declared)

    assert (name, ".tfvars.json", {name: value}) == (found.name, found.suffix, json.loads(found.content))


@pytest.mark.parametrize(
    "argument", ['canary={image_tag="1.1.0",weight=10}', "canary=null", 'zones=["a", "b"]', 'anything="text"']
)
def test_any_other_value_is_an_expression(declared, argument):
    """In Terraform's own language."""
    name, _, value = argument.partition("=")

    assert Setting(name, f"{name} = {value}\n", ".tfvars") == parse(argument, declared)


def test_a_value_of_pythons(declared):
    """As a scenario gives it."""
    found = setting("canary", {"image_tag": "1.1.0", "weight": 10}, declared)

    assert {"canary": {"image_tag": "1.1.0", "weight": 10}} == json.loads(found.content)
    assert "1.1.0" not in repr(found)


@pytest.mark.parametrize(
    ("give", "told"),
    [
        (lambda declared: parse("image_tag", declared), "-var takes NAME=VALUE: there is no = "),
        (
            lambda declared: parse("tag=1", declared),
            "there is no variable 'tag': there is anything, canary, ",
        ),
        (lambda declared: setting("tag", 1, declared), "there is no variable 'tag': there is anything, "),
    ],
)
def test_what_is_no_setting_is_refused(declared, give, told):
    """In one line, with what there is."""
    with pytest.raises(StageError, match=told):
        give(declared)
