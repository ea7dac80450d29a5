"""An account with the roles of `terraform/bootstrap`: one applies everything, another reads what stands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.deploying import DEPLOY_SECONDS, session
from stage.terraform.rehearsed_module import Terraform
from tests.apply import defects, task_role
from tests.apply.clients import Clients
from tests.plan import account

_PLAN_SECONDS = 3600

BOOTSTRAP: Mapping[str, Any] = {
    name: value for name, value in account.ACCOUNT.items() if name != "hosted_zone_ids"
}
"""Variables of the bootstrap, as it is planned with, in an account without zones."""


class Account:
    """An account that is prepared for an environment, and whoever calls there.

    Args:
        aws: Its administrator's clients.
        endpoint_url: Where the emulated AWS answers.
        deploy_roles: ARNs of the roles that environments are applied with, by environment.
        environment: The one that this is prepared for.
        plan_role: ARN of the role that plans and looks for drift.
    """

    def __init__(
        self,
        aws: Clients,
        endpoint_url: str,
        deploy_roles: Mapping[str, str],
        environment: str,
        plan_role: str,
    ) -> None:
        self._aws = aws
        self._endpoint_url = endpoint_url
        self._deploy_roles = deploy_roles
        self._environment = environment
        self._plan_role = plan_role

    def deploying(self, environment: str = "") -> Mapping[str, str]:
        """Environment variables of whoever has taken a deploy role, for as long as a run takes.

        Args:
            environment: Whose; that which the account is prepared for unless given.
        """
        role = self._deploy_roles[environment or self._environment]
        return session(self._aws("sts"), role, DEPLOY_SECONDS)

    def reading(self) -> Mapping[str, str]:
        """Environment variables of whoever has taken the plan role."""
        return session(self._aws("sts"), self._plan_role, _PLAN_SECONDS)

    def as_plan_role(self) -> Clients:
        """Clients of whoever has taken the plan role."""
        keys = {name.lower(): value for name, value in self.reading().items()}
        return Clients(self._endpoint_url, keys)

    def as_task(self, role: str) -> Clients:
        """Clients with the keys that ECS gives to a task of this role."""
        return Clients(self._endpoint_url, task_role.keys(self._endpoint_url, role))

    def try_faulty_deploy_role(self) -> None:
        """Decide on each call of the deploy role for one with faults as well, which refuses nothing."""
        role = self._deploy_roles[self._environment]
        Reporter(self._endpoint_url).role_beside(defects.copied(self._aws, role), role)


def prepared(
    root: Path,
    workdir: Path,
    aws: Clients,
    endpoint_url: str,
    environment: str,
    variables: Mapping[str, object],
) -> Account:
    """Prepare an account for an environment, as its administrator.

    Args:
        root: The root module beside whose files `bootstrap/` lies.
        workdir: Folder for a copy of that; must not exist yet.
        aws: The administrator's clients.
        endpoint_url: Where the emulated AWS answers.
        environment: Name of the environment.
        variables: Variables beside `BOOTSTRAP`.

    Raises:
        StageError: The first error that Terraform met.
    """
    terraform = Terraform(root / "bootstrap", workdir, Aws(endpoint_url, endpoint_url).environment())
    terraform.init()
    terraform.apply((), {**BOOTSTRAP, **variables}, lambda _text: None)
    outputs = terraform.outputs()
    return Account(aws, endpoint_url, outputs["deploy_role_arns"], environment, outputs["plan_role_arn"])
