"""A root module on a control plane of its own, taken from one phase to the next."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from stage.control_plane.aws import Aws
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.terraform.rehearsed_module import Terraform
from tests.apply.account import Account, prepared
from tests.apply.clients import Clients
from tests.apply.fleet import Fleet
from tests.apply.progress import Progress, Say
from verify.rights import files
from verify.rights.ask import observe
from verify.rights.observed import Observed

# Seconds after which a phase hangs, on a machine four times slower than two cores with two more rehearsals
# beside it. Alone there, an apply takes 80 to 110 s, most of it the provider's own waiting.
APPLY_SECONDS = 1500
PLAN_SECONDS = 600
DESTROY_SECONDS = 1200
_START_SECONDS = 300

_MOMENTS = {"apply_start": "begins", "apply_complete": "ends"}


class Rehearsal:
    """A context manager: an emulated AWS and a copy of a root module, both gone on exit.

    Attributes:
        aws: boto3 clients of that AWS.
        fleet: Runs the services that are declared there.
        account: The account with its roles; None until it is prepared.
        steps: What the last apply did, in order, such as `create ends module.cluster.aws_ecs_cluster.this`.
    """

    aws: Clients
    fleet: Fleet
    account: Account | None
    steps: list[str]

    def __init__(self, root: Path, workdir: Path, report: Path, say: Say) -> None:
        self._root = root
        self._workdir = workdir
        self._report = report
        self._progress = Progress(report, say)
        self._block = block = LoopbackBlock()
        log = report / "control-plane.log"
        self._server = ControlPlane(block.gateway, block.free_port(), log, enforce_rights=True)
        self.account = None
        self._plan_role_plans = False
        self._plan_text = ""
        self.steps = []

    def __enter__(self) -> Self:
        """Start the control plane and install the providers."""
        shutil.rmtree(self._report, ignore_errors=True)
        try:
            with self._progress.phase("start", _START_SECONDS):
                self._server.start()
                endpoint = self._server.endpoint_url
                self.aws = Clients(endpoint)
                self.fleet = Fleet(endpoint)
                self.fleet.start()
                self._administrator = Aws(endpoint, endpoint).environment()
                self._terraform = Terraform(self._root, self._workdir, self._administrator)
                self._terraform.init()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep what was decided, stop the control plane and remove the copy."""
        try:
            if self.account is not None:
                self.rights()
        finally:
            self._close()

    def prepare_account(
        self, environment: str, variables: Mapping[str, object], *, secrets_declared: bool
    ) -> None:
        """Prepare the account as its administrator, and be an environment's deploy role from then on.

        Plans that only tell whether anything differs are made as the plan role, if it can: to find out if
        a secret is as declared, the provider reads it, which that role may not.

        Args:
            environment: Its name.
            variables: Variables of the bootstrap, beside those that each account has.
            secrets_declared: Whether what secrets hold is among the variables of what is applied.
        """
        with self._progress.phase("bootstrap", APPLY_SECONDS):
            folder, endpoint = self._workdir.with_name("bootstrap"), self._server.endpoint_url
            self.account = prepared(self._root, folder, self.aws, endpoint, environment, variables)
        self._plan_role_plans = not secrets_declared
        self._deploying = self.account.deploying()
        self._terraform.call_as(self._deploying)

    def apply(self, var_files: Sequence[Path], variables: Mapping[str, object]) -> None:
        """Create or change everything."""
        self.steps = []
        with self._progress.phase("apply", APPLY_SECONDS):
            self._terraform.apply(var_files, variables, self._progress.now_and_then, self._note)

    def apply_planned(self) -> None:
        """Carry out what the last plan has said."""
        self.steps = []
        with self._progress.phase("apply of the plan", APPLY_SECONDS):
            self._terraform.apply_planned(self._progress.now_and_then, self._note)

    def plan(
        self,
        name: str,
        var_files: Sequence[Path],
        variables: Mapping[str, object],
        *,
        refresh: bool = True,
    ) -> Mapping[str, str]:
        """What an apply with these inputs would do, by address: create, update, delete or replace.

        Args:
            name: Name of the change; `announced-<name>.yaml` in the report has the answer as well.
            var_files: As for `apply`.
            variables: As for `apply`.
            refresh: Read first what stands; False where a plan has just done so and found no difference.
        """
        with self._progress.phase(f"plan of {name}", PLAN_SECONDS):
            planned = self._terraform.plan(var_files, variables, refresh=refresh)
        self._plan_text = str(planned)
        announced = {
            change["address"]: _action(change["change"]["actions"])
            for change in planned["resource_changes"]
            if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
        }
        (self._report / f"announced-{name}.yaml").write_text(yaml.safe_dump(announced))
        return announced

    def plan_changes(self) -> list[str]:
        """Addresses that a plan with the inputs of the last apply would change."""
        with (
            self._progress.phase("plan", PLAN_SECONDS),
            self.reading() if self._plan_role_plans else nullcontext(),
        ):
            return self._terraform.plan_changes()

    @contextmanager
    def reading(self) -> Iterator[Mapping[str, str]]:
        """Be the plan role meanwhile; gives Terraform's environment.

        Raises:
            RuntimeError: The account is not prepared.
        """
        if self.account is None:
            raise RuntimeError("no plan role: call prepare_account first")
        self._terraform.call_as(self.account.reading())
        try:
            yield self._terraform.environment
        finally:
            self._terraform.call_as(self._deploying)

    @contextmanager
    def beside(self, environment: str) -> Iterator[Terraform]:
        """Another environment in the same account, to be applied and destroyed by its own deploy role.

        Raises:
            RuntimeError: The account is not prepared.
        """
        if self.account is None:
            raise RuntimeError("no deploy roles: call prepare_account first")
        folder = self._workdir.with_name(environment)
        other = Terraform(self._root, folder, self._administrator)
        other.call_as(self.account.deploying(environment))
        try:
            with self._progress.phase(f"{environment} beside it", APPLY_SECONDS + DESTROY_SECONDS):
                other.init()
                yield other
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def destroy(self) -> list[str]:
        """Destroy everything; returns the addresses that are left in the state."""
        with self._progress.phase("destroy", DESTROY_SECONDS):
            return self._terraform.destroy()

    def rights(self) -> Observed:
        """What was decided on each call of a role until now, and the roles as they are.

        It is in rights.json as well, in the end too, which `python -m verify rights --decisions` reads.
        """
        observed = observe({"AWS_ENDPOINT_URL": self._server.endpoint_url}, self.aws("iam"))
        files.save(self._report / "rights.json", observed)
        return observed

    @property
    def folder(self) -> Path:
        """The copy."""
        return self._workdir

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs."""
        return self._terraform.outputs()

    def override(self, name: str, text: str) -> None:
        """Put a file over the copy whose blocks are merged into the module's own.

        https://developer.hashicorp.com/terraform/language/files/override
        """
        (self._workdir / f"{name}_override.tf").write_text(text)

    def shell(self, script: str, stand_ins: Path) -> subprocess.CompletedProcess[str]:
        """Run a script in the copy as a person would, who says yes to what Terraform asks.

        What it says is in script.log as well.

        Args:
            script: For bash; it ends at the first command that fails.
            stand_ins: Folder of programs that stand for what this machine lacks.
        """
        environment = dict(self._terraform.environment)
        environment["PATH"] = f"{stand_ins}:{environment['PATH']}"
        environment["TF_CLI_ARGS"] = "-no-color"
        environment["TF_CLI_ARGS_apply"] = "-auto-approve -parallelism=20"
        with self._progress.phase("script", APPLY_SECONDS):
            ended = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - whichever bash there is
                cwd=self._workdir,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        (self._report / "script.log").write_text(f"{ended.stdout}\n{ended.stderr}")
        return ended

    def written(self) -> str:
        """Everything that Terraform keeps on disk of its own: the state, the one before, and the plan."""
        states = [path.read_text() for path in sorted(self._workdir.glob("terraform.tfstate*"))]
        return "\n".join([*states, self._plan_text])

    def _note(self, message: Mapping[str, Any]) -> None:
        moment = _MOMENTS.get(message.get("type", ""))
        if moment:
            hook = message["hook"]
            self.steps.append(f"{hook['action']} {moment} {hook['resource']['addr']}")

    def _close(self) -> None:
        if hasattr(self, "fleet"):
            self.fleet.close()
        self._server.stop()
        self._block.release()
        with suppress(FileNotFoundError):
            shutil.rmtree(self._workdir)


def _action(actions: Sequence[str]) -> str:
    return actions[0] if len(actions) == 1 else "replace"
