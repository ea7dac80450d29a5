"""Every ingredient of the digest of a kept state, changed one at a time."""

import shutil
from pathlib import Path

import pytest

from stage.kept_state import digest
from stage.kept_state.digest import digest_of, first_difference, ingredients
from stage.settings import StageSettings


@pytest.fixture
def code(tmp_path, monkeypatch):
    """GIVEN a copy of our code that may be changed."""
    for folder in ("stage", "common"):
        copied_from = Path(digest.__file__).parents[2] / folder
        shutil.copytree(copied_from, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digest, "_ROOT", tmp_path)


@pytest.fixture
def world(tmp_path, code, monkeypatch):
    """GIVEN a root module with a variable file, and a Terraform of a known version."""
    root = tmp_path / "root"
    (root / "modules" / "queue").mkdir(parents=True)
    (root / "main.tf").write_text('module "queue" { source = "./modules/queue" }')
    (root / "modules" / "queue" / "main.tf").write_text("# nothing yet")
    (root / ".terraform.lock.hcl").write_text('provider "aws" { version = "5.100.0" }')
    for name in ("one.tfvars", "two.tfvars"):
        (tmp_path / name).write_text(f'name = "{name}"')
    monkeypatch.setattr(digest, "packages", lambda: [("moto", "5.2.5"), ("boto3", "1.40.0")])
    monkeypatch.setattr(digest, "_terraform_version", lambda: "1.11.4")
    return tmp_path


def made_of(world, **choices):
    """What a stage of this world is made of."""
    files = (world / "one.tfvars", world / "two.tfvars")
    return ingredients(
        StageSettings(**{"terraform_dir": world / "root", "var_files": files, "variables": {}, **choices})
    )


def write(path, text="# another"):
    """Put a text into a file of the world."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda world: write(world / "root/main.tf"), "terraform/main.tf"),
        (lambda world: write(world / "root/new.tf"), "terraform/new.tf"),
        (lambda world: write(world / "root/modules/queue/main.tf"), "terraform/modules/queue/main.tf"),
        (lambda world: (world / "root/modules/queue/main.tf").unlink(), "terraform/modules/queue/main.tf"),
        (lambda world: write(world / "root/.terraform.lock.hcl"), "terraform/.terraform.lock.hcl"),
        (lambda world: write(world / "root/dashboards/one.json"), "terraform/dashboards/one.json"),
        (lambda world: write(world / "two.tfvars"), "variable file 2, two.tfvars"),
        (lambda world: write(world / "stage/control_plane/aws.py"), "stage/control_plane/aws.py"),
        (
            lambda world: write(world / "stage/control_plane/extensions/kms.py"),
            "stage/control_plane/extensions/kms.py",
        ),
        (lambda world: write(world / "stage/control_plane/extensions/new.py"), "stage/control_plane"),
        (lambda world: write(world / "stage/terraform/inputs.py"), "stage/terraform/inputs.py"),
        (lambda world: write(world / "stage/kept_state/kept.py"), "stage/kept_state/kept.py"),
        (lambda world: write(world / "common/terraform/messages.py"), "common/terraform/messages.py"),
    ],
)
def test_a_file_makes_another_digest(world, change, name):
    """The module, its variable files, the emulated AWS and how both are brought together."""
    before = made_of(world)

    change(world)

    after = made_of(world)
    assert digest_of(before) != digest_of(after)
    assert first_difference(before, after).startswith(name)


@pytest.mark.parametrize(
    ("target", "value", "name"),
    [
        ("packages", lambda: [("moto", "5.2.6"), ("boto3", "1.40.0")], "package moto"),
        ("packages", lambda: [("moto", "5.2.5"), ("boto3", "1.40.1")], "package boto3"),
        ("packages", lambda: [("moto", "5.2.5")], "package boto3"),
        ("_terraform_version", lambda: "1.12.0", "Terraform"),
        ("stage_variables", lambda *_: {"mail": {"provider": "ses"}}, "the stage's variables"),
        ("platform.python_implementation", lambda: "PyPy", "Python"),
        ("platform.machine", lambda: "riscv64", "platform"),
    ],
)
def test_a_version_makes_another_digest(world, monkeypatch, target, value, name):
    """What the module is applied with, and what it is applied to."""
    before = made_of(world)

    monkeypatch.setattr(f"{digest.__name__}.{target}", value)

    after = made_of(world)
    assert digest_of(before) != digest_of(after)
    assert name == first_difference(before, after)


def test_variables_and_the_order_of_files_make_another_digest(world):
    """The last file wins, and variables win over files."""
    turned = made_of(world, var_files=(world / "two.tfvars", world / "one.tfvars"))

    assert "variables" == first_difference(made_of(world), made_of(world, variables={"image_tag": "2"}))
    assert digest_of(made_of(world)) != digest_of(turned)


@pytest.mark.parametrize(
    "path",
    [
        "root/.terraform/providers/aws",
        "root/terraform.tfstate",
        "root/next.tfplan",
        "stage/scheduler/decide.py",
        "stage/tasks/perform.py",
        "stage/control_plane/__pycache__/aws.cpython-311.pyc",
        "stage/control_plane/extensions/README.md",
        "services/notification_api/main.py",
    ],
)
def test_what_shapes_nothing_does_not_matter(world, path):
    """What a working folder leaves behind, and code that runs on what was applied."""
    before = made_of(world)

    write(world / path)

    assert digest_of(before) == digest_of(made_of(world))


def test_the_same_elsewhere_is_the_same(world, tmp_path_factory):
    """A copy of the module in another folder, as a planted fault is tried in, has the same digest."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "terraform"
    shutil.copytree(world / "root", elsewhere)

    assert digest_of(made_of(world)) == digest_of(made_of(world, terraform_dir=elsewhere))


def test_the_installedpackages_are_there():
    """The emulator and what it is made of are found with their versions."""
    assert {"moto", "boto3", "botocore", "werkzeug"} <= {name for name, _ in digest.packages()}
