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
NAMES = ("service_connect", "app_mesh", "none")


@dataclass(frozen=True)
class Mode:
    """One of the three meshes, in one of the environments; the rest stands in `modes/<name>.yaml`.

    Attributes:
        name: Value of the variable `service_mesh`.
        root: The root module.
    """

    name: str
    root: Path = ROOT

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
        """What is given beside the environment's file at first."""
        return {"aws_account_id": ACCOUNT, "service_mesh": self.name, **self._data["variables"]}

    @property
    def changed_variables(self) -> Mapping[str, Any]:
        """What of it is given otherwise the second time."""
        return dict(self._data["changed"]["variables"])

    @property
    def announced(self) -> Mapping[str, str]:
        """What a plan with the changed variables does, by address: create, update, delete or replace."""
        return dict(self._data["changed"]["plan"])

    @property
    def system(self) -> str:
        """What every name begins with, such as `notifications-staging`."""
        return f"notifications-{self.environment}"

    @cached_property
    def _data(self) -> dict[str, Any]:
        return dict(yaml.safe_load((_FOLDER / f"{self.name}.yaml").read_text()))
