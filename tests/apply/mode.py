"""What is applied: an environment with a mesh, and what is changed afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.apply.clients import ACCOUNT

ROOT = Path(__file__).resolve().parents[2] / "terraform"
_FOLDER = Path(__file__).parent / "modes"

CHAINS = {"production": ("service_connect", "app_mesh", "none"), "first_run": ("staging",)}
"""Systems, and the modes that each is brought to, one after the other."""
NAMES = tuple(name for modes in CHAINS.values() for name in modes)


@dataclass(frozen=True)
class Mode:
    """What a system is brought to; it stands in `modes/<name>.yaml`.

    Attributes:
        name: Name of the mode: that of its mesh, or of its environment.
        root: The root module.
    """

    name: str
    root: Path = ROOT

    @property
    def chain(self) -> str:
        """Name of the system that is brought to it."""
        return next(chain for chain, modes in CHAINS.items() if self.name in modes)

    @property
    def environment(self) -> str:
        """The environment whose variable file is used."""
        return str(self._data["environment"])

    @property
    def var_files(self) -> list[Path]:
        """The environment's variable file, as the only one."""
        return [self.root / "environments" / f"{self.environment}.tfvars"]

    @property
    def variables(self) -> Mapping[str, Any]:
        """What is given beside the environment's file and what the mode before had; null takes that back."""
        return {"aws_account_id": ACCOUNT, **self._data["variables"]}

    @property
    def announced(self) -> Mapping[str, str] | None:
        """What a plan from the mode before does, by address: create, update, delete or replace.

        None of the first one of an account in which nothing is.
        """
        return self._data.get("plan")

    @property
    def changed_variables(self) -> Mapping[str, Any]:
        """What is given otherwise for a change within the mode."""
        return dict(self._data["changed"]["variables"])

    @property
    def change_announced(self) -> Mapping[str, str]:
        """What a plan with the changed variables does, by address."""
        return dict(self._data["changed"]["plan"])

    @property
    def system(self) -> str:
        """What every name begins with, such as `notifications-staging`."""
        return f"notifications-{self.environment}"

    @cached_property
    def _data(self) -> dict[str, Any]:
        return dict(yaml.safe_load((_FOLDER / f"{self.name}.yaml").read_text()))
