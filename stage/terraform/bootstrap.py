"""Bootstrap of an account: roles and boundaries that a root module finds there at its own first apply."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from stage.errors import StageError
from stage.terraform.inputs import EMULATED_ACCOUNT_ID
from stage.terraform.rehearsed_module import Terraform

_FOLDER = "bootstrap"
_REGION = "aws_region"
# Nobody takes a role here by a token of GitHub's.
_REPOSITORY = {"owner": "example", "owner_id": "1", "repository": "notifications", "repository_id": "1"}


@contextmanager
def bootstrapped(
    root: Path,
    workdir: Path,
    env: Mapping[str, str],
    variables: Callable[[], Mapping[str, object]],
    progress: Callable[[str], None],
) -> Iterator[None]:
    """Prepare the account while the block applies a root module, if that brings a `bootstrap/` along.

    On AWS it comes first. Here, one does not wait for the other: the emulated AWS takes a boundary that is
    yet to be made, and what is in it counts from the first task on.

    Args:
        root: The root module, with or without a folder `bootstrap/` that is a root module itself.
        workdir: Folder for a copy of that; must not exist yet.
        env: As for `Terraform`.
        variables: Gives the bootstrap's variables; asked only if there is one.
        progress: Told of each resource, as by `Terraform.apply`.

    Raises:
        StageError: The first error that Terraform met in it, unless the block had one itself.
    """
    if not any((root / _FOLDER).glob("*.tf")):
        yield
        return
    terraform = Terraform(root / _FOLDER, workdir, env)
    given = variables()

    def prepare() -> None:
        terraform.init()
        terraform.apply((), given, lambda text: progress(f"bootstrap: {text}"))

    with ThreadPoolExecutor(1, "bootstrap") as pool:
        preparing = pool.submit(prepare)
        try:
            yield
        except BaseException:
            terraform.kill()
            raise
        preparing.result()


def bootstrap_variables(var_files: Sequence[Path], variables: Mapping[str, object]) -> dict[str, object]:
    """Variables of the bootstrap for what is applied with these: the same region, every environment.

    Args:
        var_files: Variable files of the root module, in their order.
        variables: Its further variables, which win.

    Raises:
        StageError: They name no region.
    """
    # Its parser takes a tenth of a second to import, which a stage that is restored does without.
    import hcl2  # noqa: PLC0415

    told: dict[str, object] = {}
    for path in var_files:
        told |= (json if path.suffix == ".json" else hcl2).loads(path.read_text())
    region = {**told, **variables}.get(_REGION)
    if not region:
        raise StageError(
            f"none of the variables is {_REGION}: give it, since what prepares the account needs it"
        )
    return {
        "aws_account_id": EMULATED_ACCOUNT_ID,
        _REGION: str(region).strip('"'),
        "environments": ["development", "staging", "production"],
        "github": _REPOSITORY,
    }
