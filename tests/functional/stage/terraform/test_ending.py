import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stage.terraform.rehearsed_module import Terraform
from tests.functional.stage.terraform.modules import a_module, needs_terraform
from tests.waiting import START, eventually

ROOT = Path(__file__).resolve().parents[4]
WAITS = """
resource "terraform_data" "waits" {
  provisioner "local-exec" { command = "echo $$ > waiting.pid; exec sleep 300" }
}
"""


def _pid_in(path: Path) -> int:
    return int(path.read_text() or 0) if path.exists() else 0


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@needs_terraform
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
class TestEnding:
    """However the stage ends, Terraform does."""

    def test_an_interrupt_ends_terraform_and_what_it_started(self, tmp_path):
        """Ctrl-C during an apply leaves no process behind."""
        terraform = Terraform(a_module(tmp_path / "root", WAITS), tmp_path / "work", {})
        terraform.init()
        waiting = tmp_path / "work" / "waiting.pid"

        def interrupt():
            eventually(lambda: _pid_in(waiting), START)
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            terraform.apply([], {}, lambda _: None)
        thread.join()

        assert eventually(lambda: _gone(_pid_in(waiting)), START)

    def test_terraform_dies_with_its_parent(self, tmp_path):
        """A parent that is killed leaves no Terraform behind."""
        source = a_module(tmp_path / "root", WAITS)
        code = (
            "import sys\n"
            "from pathlib import Path\n"
            "from stage.terraform.rehearsed_module import Terraform\n"
            "terraform = Terraform(Path(sys.argv[1]), Path(sys.argv[2]), {})\n"
            "terraform.init()\n"
            "terraform.apply([], {}, print)\n"
        )
        command = [sys.executable, "-c", code, source, tmp_path / "work"]
        parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        waiting = tmp_path / "work" / "waiting.pid"
        sleeper = eventually(lambda: _pid_in(waiting), START)
        terraform = os.getsid(sleeper)

        parent.kill()
        parent.wait()

        try:
            assert eventually(lambda: _gone(terraform), START)
        finally:
            os.killpg(terraform, signal.SIGKILL)
