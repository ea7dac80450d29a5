import subprocess
import sys
from pathlib import Path

from email_sender import healthcheck
from tests.waiting import START

_SERVICES = Path(healthcheck.__file__).parents[1]


def test_imports_next_to_nothing():
    """The probe runs in the task's CPU reservation: it must not load what the service loads."""
    script = "import sys, email_sender.healthcheck; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(_SERVICES)},
        capture_output=True,
        text=True,
        check=True,
        timeout=START,
    ).stdout.split()

    foreign = set(loaded) - set(sys.stdlib_module_names) - {"__main__", "shared", "email_sender"}
    assert set() == {name for name in foreign if not name.startswith(("_", "sitecustomize"))}
    assert not {"asyncio", "http", "urllib", "ssl", "json"} & set(loaded)
