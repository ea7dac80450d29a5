from types import SimpleNamespace

import pytest

from stage.commands import apply as module
from stage.errors import StageError
from stage.terraform.second_apply import Changes


@pytest.fixture
def copy(tmp_path):
    """GIVEN the copy of a root module."""
    folder = tmp_path / "terraform"
    folder.mkdir()
    (folder / "main.tf").write_text(
        'variable "image_tag" { type = string }\nvariable "canary" { type = object({ weight = number }) }\n'
    )
    return folder


@pytest.fixture
def terraform(monkeypatch):
    """A stand-in for Terraform that notes what is applied, and fails when told to."""
    stand_in = SimpleNamespace(applied=[], error=None)

    def apply_on_top(folder, aws, settings, progress):
        progress("updated 1 of 1: aws_ecs_service")
        stand_in.applied.append((folder, {one.name: one.content for one in settings}))
        if stand_in.error is not None:
            raise stand_in.error
        return Changes(3, 2, 1)

    monkeypatch.setattr(module, "apply_on_top", apply_on_top)
    return stand_in


def test_variables_are_set_on_top(up, call, told, copy, terraform):
    """In the stage's own copy, as Terraform's -var takes them; what was changed is said."""
    up(terraform=str(copy))

    said = call("apply", "-var", "image_tag=1.10", "-var", "canary={weight=10}")

    expected = {"image_tag": '{"image_tag": "1.10"}', "canary": "canary = {weight=10}\n"}
    assert (0, "applied: 3 added, 2 changed, 1 destroyed\n") == (said.status, said.out)
    assert [(copy, expected)] == terraform.applied
    answer = told("apply")
    assert {"name": "default", "added": 3, "changed": 2, "removed": 1} == {
        name: value for name, value in answer.items() if name != "seconds"
    }
    assert (copy, {}) == terraform.applied[1]


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("image_tag", "stage: -var takes NAME=VALUE: there is no = in what it was given\n"),
        ("tag=1", "stage: there is no variable 'tag': there is canary, image_tag\n"),
    ],
)
def test_a_wrong_variable_is_told_before_anything_is_applied(up, call, copy, terraform, argument, told):
    """In one line."""
    up(terraform=str(copy))

    said = call("apply", "-var", argument)

    assert (2, told, []) == (said.status, said.err, terraform.applied)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StageError("terraform apply: no such image"), "stage: terraform apply: no such image\n"),
        (KeyboardInterrupt(), "stage: interrupted: what was done until then stays"),
    ],
)
def test_an_apply_that_fails_has_a_status_of_its_own(up, call, copy, terraform, error, told):
    """Also one that a person has ended."""
    up(terraform=str(copy))
    terraform.error = error

    said = call("apply")

    assert 2 == said.status
    assert told in said.err


def test_it_waits_for_the_proof_of_what_was_restored(up, call, copy, terraform, monkeypatch):
    """Terraform has its hands full until then."""
    looks = []

    def look(_seconds):
        looks.append(list(terraform.applied))
        if len(looks) == 3:
            up(terraform=str(copy))

    monkeypatch.setattr(module.time, "sleep", look)

    assert 0 == call("apply").status
    assert [[], [], []] == looks


def test_it_does_not_wait_for_ever(up, call, terraform, monkeypatch):
    """A proof that fails comes never."""
    monkeypatch.setattr(module, "_PROOF_SECONDS", 0.0)

    said = call("apply")

    assert (2, []) == (said.status, terraform.applied)
    assert "stage: no plan has proven that what was restored is what is declared" in said.err


def test_without_a_stage(folder, call):
    """As every command says it."""
    assert 69 == call("apply").status
