"""Source of Terraform's providers: a folder on this machine, or the registry."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from common.errors import SetupError
from common.shared_files import write_whole

# A mirror has a folder for each registry's host name, whatever that is
# (https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror).
_MIRRORED = "*.*/hashicorp/aws"
# Each Terraform lives for a minute at most: to collect less garbage saves a seventh of its CPU.
_SHORT_LIVED = {"GOGC": "300"}


def find_mirror(places: Sequence[Path] | None = None) -> Path | None:
    """The filesystem mirror that holds the AWS provider, or None.

    Args:
        places: Where to look after `TF_PLUGIN_MIRROR_DIR`; None looks where mirrors usually are
            (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation).

    Raises:
        SetupError: `TF_PLUGIN_MIRROR_DIR` names a folder that holds no such mirror.
    """
    chosen = os.environ.get("TF_PLUGIN_MIRROR_DIR")
    if chosen:
        if not _holds_the_provider(Path(chosen)):
            raise SetupError(f"TF_PLUGIN_MIRROR_DIR={chosen} is no provider mirror: it lacks {_MIRRORED}")
        return Path(chosen)
    for place in _usual_places() if places is None else places:
        if _holds_the_provider(place):
            return place
    return None


def cli_environment(workdir: Path) -> dict[str, str]:
    """Environment that tells Terraform where providers come from, to ask no questions, and to be quick.

    In this order: the mirror that `TF_PLUGIN_MIRROR_DIR` names; the CLI configuration that
    `TF_CLI_CONFIG_FILE` names, if that file exists; a mirror in one of the usual places; the registry.

    Args:
        workdir: Folder that takes the CLI configuration, if one is written.
    """
    environment = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1", **_SHORT_LIVED}
    configured = os.environ.get("TF_CLI_CONFIG_FILE", "")
    if not os.environ.get("TF_PLUGIN_MIRROR_DIR") and Path(configured).is_file():
        return environment | {"TF_CLI_CONFIG_FILE": configured}
    mirror = find_mirror()
    if mirror is None:
        return environment
    configuration = workdir / "terraform.rc"
    # Workers that share the folder write it again and again, and their Terraforms read it meanwhile.
    write_whole(configuration, _mirror_configuration(mirror.resolve()))
    return environment | {"TF_CLI_CONFIG_FILE": str(configuration)}


def _holds_the_provider(place: Path) -> bool:
    return any(path.is_dir() for path in place.glob(_MIRRORED))


def _usual_places() -> Iterator[Path]:
    home = Path.home()
    yield home / ".terraform.d" / "plugins"
    yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
    for share in (Path("/usr/local/share/terraform"), Path("/usr/share/terraform")):
        yield from (share / "plugins", share / "providers")
    yield from sorted(Path("/opt").glob("*"))
    yield from sorted(Path("/opt").glob("*/*"))


def _mirror_configuration(mirror: Path) -> str:
    held = sorted(str(path.relative_to(mirror)) for path in mirror.glob("*.*/*/*") if path.is_dir())
    # JSON's quoting is HCL's, apart from templates.
    quoted = json.dumps(str(mirror)).replace("${", "$${")
    return (
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path    = {quoted}\n    include = {json.dumps(held)}\n  }}\n"
        f"  direct {{\n    exclude = {json.dumps(held)}\n  }}\n"
        "}\n"
    )
