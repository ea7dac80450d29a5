"""Settings of a task of the load generator: from its task definition, and from RunTask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from common.errors import SetupError
from verify.plan import LoadPlan, plan_of

Role = Literal["master", "worker"]


@dataclass(frozen=True)
class Settings:
    """Settings of a task of the load generator.

    Attributes:
        role: What it is among the tasks of a run.
        url: Where the Notification API answers.
        plan: The load, and how many workers make it.
        control: SSM parameter that says how much load is wanted now; a master's alone.
        key_secret: Secret with the API key; a worker's alone.
        master: Address of the master: where it listens, or where a worker finds it.
        lease_seconds: Real seconds after which a control that nobody renews ends the load.
    """

    role: Role
    url: str
    plan: LoadPlan
    control: str
    key_secret: str
    master: str
    lease_seconds: float


def read(environment: Mapping[str, str]) -> Settings:
    """Read them from a task's environment.

    Raises:
        SetupError: One is missing or wrong; the message names the variable.
    """
    role = _one_of(environment, "LOAD_ROLE", ("master", "worker"))
    try:
        plan = plan_of(json.loads(_given(environment, "LOAD_PLAN")))
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"LOAD_PLAN is no load plan ({error!r}): give what verify/plan.py writes") from None
    leads = role == "master"
    return Settings(
        role="master" if leads else "worker",
        url=_given(environment, "LOAD_URL"),
        plan=plan,
        control=_given(environment, "LOAD_CONTROL") if leads else "",
        key_secret="" if leads else _given(environment, "LOAD_KEY_SECRET"),
        # A task listens on its own address and on no other, as a service's does.
        master=environment.get("BIND_HOST", "0.0.0.0") if leads else _given(environment, "LOAD_MASTER"),  # noqa: S104
        lease_seconds=float(environment.get("LOAD_LEASE_SECONDS", "60")),
    )


def _given(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SetupError(f"{name} is missing: the task definition sets it, or RunTask")
    return value


def _one_of(environment: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = _given(environment, name)
    if value not in allowed:
        raise SetupError(f"{name}={value}: give {' or '.join(allowed)}")
    return value
