"""Bootstrap of an account: roles and boundaries that a root module finds there at its own first apply."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from common.terraform.messages import Message
from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.terraform.inputs import EMULATED_ACCOUNT_ID
from stage.terraform.rehearsed_module import Terraform

_FOLDER = "bootstrap"
_REGION, _ENVIRONMENT = "aws_region", "environment"
_IAM = "aws_iam_"
_DEPLOY_ROLE = "aws_iam_role.deploy"
# Nobody takes a role here by a token of GitHub's.
_REPOSITORY = {"owner": "example", "owner_id": "1", "repository": "notifications", "repository_id": "1"}


class Bootstrap:
    """The bootstrap that a root module brings along, or none.

    Args:
        root: The root module, with or without a folder `bootstrap/` that is a root module itself.
        workdir: Folder for a copy of that; must not exist yet.
        aws: Clients of the account's administrator.
        var_files: Variable files of the root module, in their order.
        variables: Its further variables, which win.
        progress: Told of each resource, as by `Terraform.apply`.

    Attributes:
        deploy_role: ARN of the role that the environment is deployed with; empty until the account is
            prepared, and where nothing makes one.
    """

    deploy_role: str

    def __init__(  # noqa: PLR0913, PLR0917 - what two root modules are applied with
        self,
        root: Path,
        workdir: Path,
        aws: Aws,
        var_files: Sequence[Path],
        variables: Mapping[str, object],
        progress: Callable[[str], None],
    ) -> None:
        self._root = root / _FOLDER
        self._workdir = workdir
        self._aws = aws
        self._var_files, self._variables = var_files, variables
        self._progress = progress
        self.deploy_role = ""

    @contextmanager
    def beside(self, *, roles_first: bool) -> Iterator[None]:
        """Prepare the account while the block applies the root module, if that brings a bootstrap along.

        On AWS it comes first. Here, an administrator's apply need not wait for it: the emulated AWS takes a
        boundary that is yet to be made, and what is in it counts from the first task on. Whoever applies as
        the deploy role waits for everything of IAM; what takes longest is the bucket of the state.

        Args:
            roles_first: Whether the block waits until `deploy_role` is there.

        Raises:
            StageError: The first error that Terraform met in it, unless the block had one itself; or there is
                to be a deploy role and nothing makes one.
        """
        if not self._is_there():
            if roles_first:
                raise StageError(
                    f"there is no {self._root}, which makes a deploy role: leave out --as deploy"
                )
            yield
            return
        terraform, told = self._terraform(), variables_of(self._var_files, self._variables)
        environment, roles = str(told.get(_ENVIRONMENT, "")), RolesWatch()
        with ThreadPoolExecutor(1, "bootstrap") as pool:
            preparing = pool.submit(self._run, terraform, told, roles)
            preparing.add_done_callback(lambda _: roles.made.set())
            try:
                if roles_first:
                    self._await_role(roles, preparing, environment)
                yield
            except BaseException:
                terraform.kill()
                raise
            preparing.result()
            self._note(roles, environment)

    def _await_role(self, roles: "RolesWatch", preparing: "Future[None]", environment: str) -> None:
        roles.made.wait()
        if preparing.done():
            preparing.result()
        self._note(roles, environment)
        if not self.deploy_role:
            raise StageError(
                f"{self._root} makes no deploy role for environment {environment!r}: leave out --as deploy"
            )

    def _note(self, roles: "RolesWatch", environment: str) -> None:
        name = roles.name_of(environment)
        if name:
            self.deploy_role = self._aws.iam.get_role(RoleName=name)["Role"]["Arn"]

    def _is_there(self) -> bool:
        return any(self._root.glob("*.tf"))

    def _terraform(self) -> Terraform:
        return Terraform(self._root, self._workdir, self._aws.environment())

    def _run(self, terraform: Terraform, told: Mapping[str, object], roles: "RolesWatch") -> None:
        terraform.init()
        given = bootstrap_variables(told)
        terraform.apply((), given, lambda text: self._progress(f"bootstrap: {text}"), roles)


class RolesWatch:
    """Watches an apply by its messages until all that it makes of IAM is there.

    https://developer.hashicorp.com/terraform/internals/machine-readable-ui#operation-messages

    Attributes:
        made: Set once it is.
    """

    def __init__(self) -> None:
        self.made = threading.Event()
        self._planned = False
        self._missing: set[str] = set()
        self._names: dict[str, str] = {}

    def __call__(self, message: Message) -> None:
        """Take one message."""
        kind = message.get("type")
        if kind == "planned_change" and message["change"]["action"] == "create":
            resource = message["change"]["resource"]
            if resource["resource_type"].startswith(_IAM):
                self._missing.add(resource["addr"])
        elif kind == "change_summary" and message["changes"]["operation"] == "plan":
            self._planned = True
        elif kind == "apply_complete":
            address = message["hook"]["resource"]["addr"]
            self._names[address] = message["hook"].get("id_value", "")
            self._missing.discard(address)
        # What is read is complete before anything is planned.
        if self._planned and not self._missing:
            self.made.set()

    def name_of(self, environment: str) -> str:
        """Name of an environment's deploy role; empty while there is none."""
        return self._names.get(f'{_DEPLOY_ROLE}["{environment}"]', "")


def variables_of(var_files: Sequence[Path], variables: Mapping[str, object]) -> dict[str, object]:
    """Variables of a root module as files and a person tell them.

    Args:
        var_files: Variable files, in their order.
        variables: Further variables, which win.
    """
    # Its parser takes a tenth of a second to import, which a stage that is restored does without.
    import hcl2  # noqa: PLC0415

    told: dict[str, object] = {}
    for path in var_files:
        told |= (json if path.suffix == ".json" else hcl2).loads(path.read_text())
    return {name: _plain(value) for name, value in {**told, **variables}.items()}


def bootstrap_variables(told: Mapping[str, object]) -> dict[str, object]:
    """Variables of the bootstrap for what is applied with these: the same region, every environment.

    Args:
        told: Variables of the root module.

    Raises:
        StageError: They name no region.
    """
    region = told.get(_REGION)
    if not region:
        raise StageError(
            f"none of the variables is {_REGION}: give it, since what prepares the account needs it"
        )
    return {
        "aws_account_id": EMULATED_ACCOUNT_ID,
        _REGION: region,
        "environments": ["development", "staging", "production"],
        "github": _REPOSITORY,
    }


def _plain(value: object) -> object:
    """A text as it is meant: the parser leaves its quotes."""
    return value.strip('"') if isinstance(value, str) else value
