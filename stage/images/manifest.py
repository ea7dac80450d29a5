"""Manifest of an image, and the one layer that its files are in.

https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from stage.images.dockerfile import Image

MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
"""Media type of a manifest."""
_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_EXECUTABLE, _PLAIN = 0o755, 0o644
_OWNER_MAY_RUN = 0o100


@dataclass(frozen=True)
class Manifest:
    """Manifest of an image.

    Attributes:
        text: As a registry keeps it.
        layer: All of the image's files, as a tar archive.
    """

    text: str
    layer: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """The image's digest: the same for the same files, command and environment."""
        return _digest(self.text.encode())


def make_manifest(files: Mapping[PurePosixPath, Path], image: Image, workdir: PurePosixPath) -> Manifest:
    """The manifest of an image.

    Args:
        files: Its files on this machine, by their paths in it.
        image: Its command and environment.
        workdir: The folder that its command is started in.
    """
    layer = _layer(files)
    config = _json(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {
                "Entrypoint": list(image.entry_point),
                "Cmd": list(image.command),
                "Env": [f"{name}={value}" for name, value in sorted(image.environment.items())],
                "WorkingDir": str(workdir),
            },
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    ).encode()
    text = _json(
        {
            "schemaVersion": 2,
            "mediaType": MEDIA_TYPE,
            "config": _descriptor(_CONFIG_TYPE, config),
            "layers": [_descriptor(_LAYER_TYPE, layer)],
        }
    )
    return Manifest(text, layer)


def _layer(files: Mapping[PurePosixPath, Path]) -> bytes:
    """A tar archive in which nothing stands of when, where and by whom it was made."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(str(name.relative_to("/")))
            if path.is_symlink():
                entry.type, entry.linkname = tarfile.SYMTYPE, str(path.readlink())
                tar.addfile(entry)
                continue
            content = path.read_bytes()
            entry.size = len(content)
            entry.mode = _EXECUTABLE if path.stat().st_mode & _OWNER_MAY_RUN else _PLAIN
            tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def _descriptor(media_type: str, content: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
