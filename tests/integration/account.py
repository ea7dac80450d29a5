"""What ledger, mail server, dead-letter queue and logs say of notifications that went wrong."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.integration.system import System

_MAX_NOTIFICATIONS = 20
_MAX_LINES = 20


@dataclass(frozen=True)
class Known:
    """What each part of the system says.

    Attributes:
        ledger: Items by notification id.
        mails: Number of mails by notification id.
        dead_letters: Reasons by notification id.
        lines: All complete lines by container.
        silent: Why a part says nothing, if it does not answer.
    """

    ledger: Mapping[str, Mapping[str, Any]]
    mails: Mapping[str, int]
    dead_letters: Mapping[str, str]
    lines: Mapping[str, Sequence[str]]
    silent: Sequence[str] = ()


def gather(system: System) -> Known:
    """Ask ledger, mail server, dead-letter queue and logs; a test may have stopped any of them."""
    silent: list[str] = []
    read = TypeDeserializer().deserialize

    def ask(part: str, question: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - the others are asked all the same
            silent.append(f"the {part} does not answer: {error!r}")
            return {}

    return Known(
        ledger=ask(
            "ledger",
            lambda: {
                item["notification_id"]["S"]: {name: read(value) for name, value in item.items()}
                for item in system.ledger_items()
            },
        ),
        mails=ask(
            "mail server", lambda: Counter(mail.notification_id for mail in system.mail_server.mails())
        ),
        dead_letters=ask(
            "dead-letter queue", lambda: {one.notification_id: one.reason for one in system.dead_letters()}
        ),
        lines={container.name: container.lines() for container in system.containers},
        silent=silent,
    )


def account_of(ids: Iterable[str], known: Known) -> str:
    """For each notification that is not one mail and `sent`, all that is known of it; empty if all are."""
    wrong = [made for made in ids if not _went_well(made, known)]
    if not wrong:
        return ""
    parts = [*known.silent, *(_account(made, known) for made in wrong[:_MAX_NOTIFICATIONS])]
    if more := wrong[_MAX_NOTIFICATIONS:]:
        parts.append(f"and {len(more)} more: {' '.join(more)}")
    return "\n".join(parts)


def _went_well(made: str, known: Known) -> bool:
    return known.mails.get(made, 0) == 1 and known.ledger.get(made, {}).get("state") == "sent"


def _account(made: str, known: Known) -> str:
    item, letter = known.ledger.get(made), known.dead_letters.get(made)
    said = [
        f"{made}: {known.mails.get(made, 0)} mails",
        f"  ledger: {'no item' if item is None else json.dumps(item, default=str)}",
        f"  dead letter: {'none' if letter is None else letter or 'moved by SQS'}",
    ]
    for container, lines in known.lines.items():
        found = [line for line in lines if made in line]
        said += [f"  {container}: {line}" for line in found[-_MAX_LINES:]] or [f"  {container}: no line"]
    return "\n".join(said)
