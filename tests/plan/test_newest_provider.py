from stage.terraform.rehearsed_module import LOCK_FILE, copy_module
from tests.plan.newest_provider import ALLOWED, locked_version, widen
from tests.plan.offline import ROOT_MODULE

ROOTS = [".", "bootstrap", "examples/minimal"]


def test_a_widened_copy_takes_what_the_modules_allow(tmp_path):
    """No root holds the newest provider back, and nothing is locked."""
    copy = tmp_path / "terraform"
    copy_module(ROOT_MODULE, copy)
    widen(copy)
    texts = [(copy / root / "versions.tf").read_text() for root in [*ROOTS, "modules/queue"]]
    assert [] == [text for text in texts if f'version = "{ALLOWED}"' not in text]
    assert [] == [root for root in ROOTS if (copy / root / LOCK_FILE).exists()]


def test_the_locked_version_is_read_from_the_lock_file(tmp_path):
    """Whatever stands around it."""
    (tmp_path / LOCK_FILE).write_text(
        'provider "x" {\n  version     = "6.1.2"\n  constraints = ">= 5.0"\n}\n'
    )
    assert "6.1.2" == locked_version(tmp_path)
