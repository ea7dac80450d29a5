"""Probes of gaps: each tells whether what AWS does is there. `python -m` it to ask plain moto, as JSON."""

import json
import sys
from importlib import import_module

from stage.control_plane.extensions import EXTENSIONS
from tests.unit.stage.control_plane.extensions.gaps.world import world

FOLDER = "tests.unit.stage.control_plane.extensions.gaps"
GAPS = [(name, gap) for name, extension in EXTENSIONS.items() for gap in extension.gaps]


def id_of(extension, gap):
    """A gap's name among all."""
    return f"{extension}.{gap.name}"


def probes_of(extension):
    """Probes of an extension's gaps by their names: the functions of its module."""
    module = import_module(f"{FOLDER}.{extension}")
    return {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    }


def is_closed(extension, gap, *, extended):
    """Whether AWS's behaviour is there."""
    with world(extended=extended) as aws:
        return probes_of(extension)[gap.name](aws)


def _closed_in_plain_moto(extension, gap):
    """As above; what moto has not got at all raises errors of many kinds."""
    try:
        return bool(is_closed(extension, gap, extended=False))
    except Exception:  # noqa: BLE001 - the probe itself works, as it shows with our extensions
        return False


if __name__ == "__main__":
    json.dump({id_of(*one): _closed_in_plain_moto(*one) for one in GAPS}, sys.stdout)
