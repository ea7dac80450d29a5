"""Each root is applied with the provider that was tested, on every platform that it is made for."""

import re
import subprocess

import pytest

from stage.terraform.rehearsed_module import LOCK_FILE, copy_module
from tests.plan.offline import ROOT_MODULE

REPOSITORY = ROOT_MODULE.parent
# Every root that is applied.
ROOTS = ["terraform", "terraform/bootstrap", "terraform/examples/minimal", "tests/integration/terraform"]
EACH = pytest.mark.parametrize("root", ROOTS)
# What HashiCorp publishes of the AWS provider: freebsd, linux, openbsd, windows and macOS, manifest included.
ARCHIVES = 15
CONSTRAINT = re.compile(r'source += +"hashicorp/aws"\n +version += +"(.*)"')


def _locked(root):
    return (REPOSITORY / root / LOCK_FILE).read_text()


def test_every_root_is_known():
    """A folder that configures a provider, or says where the state lies, is applied by itself."""
    text = {
        file: file.read_text()
        for folder in ("terraform", "tests/integration")
        for file in (REPOSITORY / folder).rglob("*.tf")
        if ".terraform" not in file.parts
    }
    applied = {file.parent for file, one in text.items() if re.search(r"^provider ", one, re.MULTILINE)}
    assert applied == {REPOSITORY / root for root in ROOTS}


@EACH
def test_a_root_has_the_lock_file_of_all(root):
    """What is tested in one place is what is applied in another."""
    assert _locked(root) == _locked("terraform")


@EACH
def test_a_root_allows_what_is_locked_alone(root):
    """An `init -upgrade` brings nothing that was not tested."""
    text = "".join(path.read_text() for path in (REPOSITORY / root).glob("*.tf"))
    constraint = CONSTRAINT.search(text)[1]
    assert re.fullmatch(r"\d+\.\d+\.\d+", constraint)
    assert f'version     = "{constraint}"' in _locked(root)


@EACH
def test_a_lock_file_serves_every_platform(root):
    """Archives come from a registry or a packed mirror, the one that lies unpacked from a folder."""
    hashes = re.findall(r'"(h1|zh):([\w+/=]+)",', _locked(root))
    archives = [value for kind, value in hashes if kind == "zh"]
    assert (ARCHIVES, ARCHIVES) == (len(archives), len(set(archives)))
    assert [] == [value for value in archives if not re.fullmatch("[0-9a-f]{64}", value)]
    assert 1 == [kind for kind, _ in hashes].count("h1")


@pytest.mark.parametrize("root", ROOTS)
def test_a_root_is_set_up_as_locked(offline, tmp_path, root):
    """The lock file needs no change for what the root and its modules ask."""
    copy_module(ROOT_MODULE, tmp_path / "terraform")
    folder = tmp_path / root
    if not folder.exists():
        folder.parent.mkdir(parents=True)
        copy_module(REPOSITORY / root, folder)
    (folder / "local_state_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    done = subprocess.run(
        ["terraform", "init", "-lockfile=readonly", "-no-color"],  # noqa: S607 - found on PATH like everywhere
        cwd=folder,
        env=offline.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert (folder / LOCK_FILE).read_text() == _locked(root)


def test_what_is_planned_is_set_up_as_locked(offline, staging, bootstrap):
    """The copies that the tests plan have the lock file too, and leave it as it was."""
    assert staging.changes
    assert bootstrap.changes
    copies = [offline.module, offline.module / "bootstrap"]
    assert [(copy / LOCK_FILE).read_text() for copy in copies] == [_locked("terraform")] * 2
