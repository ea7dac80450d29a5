"""Settings of what an operator runs by hand, out of the same variables that the service is given."""

from typing import Annotated, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Name = Annotated[str, Field(min_length=1)]


class OperatorError(Exception):
    """Why a command cannot do its work and what to do about it, in one sentence."""


class LedgerSettings(BaseSettings):
    """Settings that say where the ledger is.

    Attributes:
        aws_region: AWS region.
        ledger_table: Name of the ledger table.
    """

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    aws_region: Name
    ledger_table: Name


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def read_settings(kind: type[SettingsT]) -> SettingsT:
    """Read the settings from the environment.

    Raises:
        OperatorError: It names every variable that is missing, empty or makes no sense.
    """
    try:
        return kind()
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        names = sorted({str(problem["loc"][0]).upper() for problem in problems})
        raise OperatorError(
            f"{' and '.join(names)} must be set in the environment, to what the Email Sender's task "
            "definition gives"
        ) from None
