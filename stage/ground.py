"""Ground that the rest of a stage stands on: a folder, addresses, the emulated AWS and a mail server."""

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from common.shared_files import write_whole
from stage.control_plane.aws import Aws
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.kept_state.kept import Kept, Places
from stage.smtp_server.certificate import write_certificate
from stage.smtp_server.process import SmtpServerProcess


@dataclass(frozen=True)
class Ground:
    """Ground that a stage stands on, its processes not yet started.

    Attributes:
        run_dir: Folder for logs, configuration and state.
        block: Loopback addresses.
        control: The emulated AWS.
        queues: Another one, for SQS alone.
        smtp: The mail server.
        places: Where these three listen.
        trusted: Certificates that tasks trust: the mail server's alone.
    """

    run_dir: Path
    block: LoopbackBlock
    control: ControlPlane
    queues: ControlPlane
    smtp: SmtpServerProcess
    places: Places
    trusted: Path

    def aws(self, region: str = "eu-west-1") -> Aws:
        """Clients for the emulated AWS."""
        return Aws(self.control.endpoint_url, self.queues.endpoint_url, region)


def lay(run_dir: Path, block: LoopbackBlock, kept: Kept | None, *, enforce_rights: bool) -> Ground:
    """The ground for a stage in a folder of its own, with what is kept put under it.

    Args:
        run_dir: The folder.
        block: Loopback addresses, those of the kept state if there is one.
        kept: State to begin with.
        enforce_rights: Whether the emulated AWS refuses tasks what their roles do not allow.
    """
    places = (
        Places(block.number, *(block.free_port() for _ in range(3))) if kept is None else kept.facts.places
    )
    before: list[Path | None] = [None, None]
    if kept is not None:
        before = [
            _private(run_dir / f"{name}.snapshot", content)
            for name, content in (("control-plane", kept.control), ("sqs", kept.queues))
        ]
    control = ControlPlane(
        block.gateway,
        places.control_port,
        run_dir / "control-plane.log",
        snapshot=before[0],
        enforce_rights=enforce_rights,
    )
    queues = ControlPlane(
        block.gateway,
        places.queues_port,
        run_dir / "sqs.log",
        snapshot=before[1],
        identities=control.endpoint_url,
        enforce_rights=enforce_rights,
    )
    certificate, trusted = run_dir / "relay.pem", run_dir / "trusted.pem"
    certificate.touch(mode=0o600)
    write_certificate(block.gateway, certificate, trusted)
    smtp = SmtpServerProcess(
        block.gateway, places.smtp_port, run_dir / "mails.jsonl", block.free_port(), certificate
    )
    return Ground(run_dir, block, control, queues, smtp, places, trusted)


def make_run_dir(wanted: Path | None, run_id: str, stack: ExitStack) -> Path:
    """The folder that is wanted, or a temporary one that goes with the stack."""
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    run_dir = Path(tempfile.mkdtemp(prefix=f"stage-{run_id}-"))
    stack.callback(shutil.rmtree, run_dir, ignore_errors=True)
    return run_dir


def _private(path: Path, content: bytes) -> Path:
    write_whole(path, content, mode=0o600)
    return path
