"""Variables of a root module, as files in its folder that Terraform reads by itself."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from common.shared_files import write_whole
from stage.terraform.setting import Setting

# Terraform reads them in the order of their names, and the last one wins
# (https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence): these
# come after what the module may bring along.
_PREFIX = "zz-stage-"
_OURS = (f"{_PREFIX}*.auto.tfvars", f"{_PREFIX}*.auto.tfvars.json")
_ON_TOP = f"{_PREFIX}999-"
# An API's key is among them.
_OWNER_ALONE = 0o600


class VariableFiles:
    """The variables that a root module is applied with: all of them, for whoever plans in its folder.

    Files of 999 are set on top of the others, one variable each.

    Args:
        folder: The root module.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def give(self, var_files: Sequence[Path], variables: Mapping[str, object]) -> None:
        """Put these in the place of all that were given before.

        Args:
            var_files: Variable files, in this order.
            variables: Further variables; they win over the files.
        """
        files = {self._name(number, path): path.read_bytes() for number, path in enumerate(var_files, 1)}
        files[f"{_PREFIX}{len(files) + 1:03}-variables.auto.tfvars.json"] = json.dumps(
            dict(variables)
        ).encode()
        self._replace(files)

    @contextmanager
    def others(self, var_files: Sequence[Path], variables: Mapping[str, object]) -> Iterator[None]:
        """Have others stand in their place for as long as the block lasts."""
        before = {path.name: path.read_bytes() for path in self._present()}
        try:
            self.give(var_files, variables)
            yield
        finally:
            self._replace(before)

    @contextmanager
    def set_on_top(self, settings: Iterable[Setting]) -> Iterator[list[Path]]:
        """Set these on top once the block has ended without an error, each in the place of the one before.

        Gives their files, which until then nobody reads who is not told of them.
        """
        # As on a command line, the last value of a variable counts.
        drafts = {
            self._folder / f".{_ON_TOP}{one.name}{one.suffix}": one
            for one in {one.name: one for one in settings}.values()
        }
        try:
            for draft, one in drafts.items():
                write_whole(draft, one.content, _OWNER_ALONE)
            yield list(drafts)
            for draft, one in drafts.items():
                for before in self._folder.glob(f"{_ON_TOP}{one.name}.auto.tfvars*"):
                    before.unlink()
                draft.rename(self._folder / f"{_ON_TOP}{one.name}.auto{one.suffix}")
        finally:
            for draft in drafts:
                draft.unlink(missing_ok=True)

    def _replace(self, files: Mapping[str, bytes]) -> None:
        for path in self._present():
            if path.name not in files:
                path.unlink()
        for name, content in files.items():
            write_whole(self._folder / name, content, _OWNER_ALONE)

    def _present(self) -> list[Path]:
        return [path for pattern in _OURS for path in sorted(self._folder.glob(pattern))]

    @staticmethod
    def _name(number: int, path: Path) -> str:
        suffix = ".tfvars.json" if path.suffix == ".json" else ".tfvars"
        return f"{_PREFIX}{number:03}-{path.name.partition('.')[0]}.auto{suffix}"
