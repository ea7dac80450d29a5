"""Lists that rules go by, as data beside them."""

from pathlib import Path
from typing import Any

import yaml


def read(name: str) -> dict[str, Any]:
    """A data file of this folder."""
    return dict(yaml.safe_load(Path(__file__).with_name(name).read_text()))
