"""State that is kept of an applied stage, and the file that holds it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from stage.errors import StageError
from stage.terraform.inputs import ApiKey

_FORMAT = 2
_HEAD = b"kept stage "


class DamagedError(StageError):
    """A file that is not what was written, or not by this program."""


@dataclass(frozen=True)
class Places:
    """Addresses that a system was applied with, which its queues' URLs and its tasks' environment hold.

    Attributes:
        block: Number of the loopback block, N in 127.N.0.0/16.
        control_port: Port of the emulated AWS at the block's gateway.
        queues_port: Port of the emulated SQS there.
        smtp_port: Port of the mail server there.
    """

    block: int
    control_port: int
    queues_port: int
    smtp_port: int


@dataclass(frozen=True)
class Facts:
    """Facts about an applied stage, beside its state.

    Attributes:
        made_of: Ingredients of its digest.
        applied_at: When the apply had ended, in seconds since the Unix epoch.
        places: Where its parts listened.
        cluster_arn: ARN of the ECS cluster.
        outputs: The root module's outputs, by name.
        api_key: Key that its API is called with.
        deploy_role: ARN of the role that its environment is deployed with; empty for none.
    """

    made_of: Mapping[str, str]
    applied_at: float
    places: Places
    cluster_arn: str
    outputs: Mapping[str, Any]
    api_key: ApiKey = field(repr=False)
    deploy_role: str


@dataclass(frozen=True)
class Kept:
    """An applied stage as of right after its apply.

    Attributes:
        facts: What is known of it.
        control: Snapshot of the emulated AWS.
        queues: Snapshot of the emulated SQS.
        state: Terraform's state.
        lock: Terraform's lock file.
    """

    facts: Facts
    control: bytes = field(repr=False)
    queues: bytes = field(repr=False)
    state: bytes = field(repr=False)
    lock: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """The content of its file: a line with a checksum of all that follows, and a ZIP archive."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("facts", json.dumps(asdict(self.facts)))
            for name in _blobs():
                archive.writestr(name, getattr(self, name))
        content = file.getvalue()
        return _head(content) + content

    @classmethod
    def from_bytes(cls, content: bytes) -> "Kept":
        """The kept stage that such a file holds.

        Raises:
            DamagedError: It is no such file, of another version, cut off, or changed.
        """
        head, _, body = content.partition(b"\n")
        if head + b"\n" != _head(body):
            raise DamagedError("its checksum is another one")
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                facts = json.loads(archive.read("facts"))
                blobs = {name: archive.read(name) for name in _blobs()}
            facts |= {"places": Places(**facts["places"]), "api_key": ApiKey(**facts["api_key"])}
            return cls(Facts(**facts), **blobs)
        except (zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
            raise DamagedError(f"it is not what this program writes ({error})") from None


def _blobs() -> list[str]:
    return [one.name for one in fields(Kept) if one.name != "facts"]


def _head(body: bytes) -> bytes:
    return b"%b%d %b\n" % (_HEAD, _FORMAT, hashlib.sha256(body).hexdigest().encode())
