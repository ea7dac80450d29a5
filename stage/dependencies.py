"""Dependencies of the tasks, and what can be made wrong with each while they run."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from stage.control_plane.reports import Reporter
from stage.errors import StageError
from stage.smtp_server.process import SmtpServerProcess
from stage.smtp_server.toxics import changes_for


class Dependencies:
    """Mail relay and AWS services that the tasks call.

    Args:
        smtp: The mail relay.
        control: Takes reports to the emulated AWS.
        queues: Takes reports to the one that has SQS.
    """

    def __init__(self, smtp: SmtpServerProcess, control: Reporter, queues: Reporter) -> None:
        self._smtp = smtp
        self._services = {"sqs": queues, "dynamodb": control, "secretsmanager": control}

    def disturb(self, dependency: str, toxics: Sequence[Mapping[str, Any]]) -> None:
        """Have a dependency suffer from these toxics, and no others, from now on.

        Args:
            dependency: `smtp`, `sqs`, `dynamodb` or `secretsmanager`.
            toxics: `type`, `attributes` and `toxicity` of each, as in `stage.toxics`; none to heal it.

        Raises:
            StageError: There is no such dependency or toxic.
        """
        known = ["smtp", *self._services]
        if dependency not in known:
            raise StageError(f"no dependency {dependency}: there are {', '.join(known)}")
        try:
            if dependency == "smtp":
                self._smtp.behave(changes_for(toxics))
            else:
                self._services[dependency].toxics(dependency, toxics)
        except (ValueError, ClientError) as error:
            raise StageError(f"{dependency} cannot be disturbed so: {error}") from None

    def calls(self) -> dict[str, dict[int, int]]:
        """Calls of tasks by dependency and second since the Unix epoch; of the relay, connections opened.

        Raises:
            StageError: The relay does not answer.
        """
        return {
            "smtp": self._smtp.connections(),
            **{service: reporter.calls(service) for service, reporter in self._services.items()},
        }
