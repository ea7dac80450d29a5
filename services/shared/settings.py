"""Settings that both services take from the environment of their task definition."""

import sys
from ipaddress import IPv4Address
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

INVALID_SETTINGS = 2
"""Exit code when the environment does not make sense: starting again cannot help."""

Name = Annotated[str, Field(min_length=1)]


class ServiceSettings(BaseSettings):
    """Settings of every service.

    Attributes:
        service_name: Name in logs and metrics.
        environment: E.g. "staging"; in every log line.
        log_level: Minimum level that is logged.
        bind_host: IPv4 address to listen on; the image says 0.0.0.0.
        port: TCP port to listen on.
        queue_name: SQS queue between the services; its URL is asked for at start.
        aws_region: Given by Fargate.
    """

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    service_name: Name
    environment: Name
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Loopback unless the image says otherwise: a service run by hand is not open to the network.
    bind_host: IPv4Address = IPv4Address("127.0.0.1")
    port: Annotated[int, Field(ge=0, le=65535)]
    queue_name: Name
    aws_region: Name


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load_settings(kind: type[SettingsT]) -> SettingsT:
    """Read the settings, or end the process with one line that says what to set.

    Raises:
        SystemExit: Code 2; what is wrong is on standard error, without any value, since a value
            may be a secret.
    """
    try:
        return kind()
    except ValidationError as error:
        print(f"settings: {_explain(error)}", file=sys.stderr)  # noqa: T201 - logs are not set up yet
        raise SystemExit(INVALID_SETTINGS) from None


def _explain(error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else ""
        if problem["type"] == "missing":
            problems.append(f"{name} is not set: give it in the task definition's environment")
        else:
            problems.append(f"{name} {problem['msg'].removeprefix('Value error, ')}".strip())
    return "; ".join(problems)
