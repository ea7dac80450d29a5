"""What became of everything that was accepted: each once, none lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.integration.system import System
from tests.integration.waiting import wait_for

_ENDED = {"sent", "failed", "unknown"}


@dataclass(frozen=True)
class Outcome:
    """Ids by what became of them.

    Attributes:
        lost: Accepted, with neither a mail nor a word in the ledger that there may be one.
        doubled: With more than one mail.
        unknown: The ledger says that nobody can say.
        unsent: The ledger says something else than sent or unknown.
    """

    lost: set[str]
    doubled: set[str]
    unknown: set[str]
    unsent: set[str]


def outcome_of(system: System, accepted: Iterable[str]) -> Outcome:
    """Wait until each notification has come to an end, and say to which."""
    ids = set(accepted)
    # What has ended is not asked for again: there are thousands, and the last ones take their time.
    open_ids = set(ids)

    def all_ended() -> bool:
        states = system.ledger_states(open_ids)
        open_ids.difference_update(made for made, state in states.items() if state in _ENDED)
        return not open_ids

    wait_for("end of every notification", all_ended)
    wait_for("empty queues", lambda: system.depth() == 0)
    states = system.ledger_states(ids)
    mails = Counter(mail.notification_id for mail in system.mail_server.mails())
    unknown = {made for made in ids if states[made] == "unknown"}
    return Outcome(
        lost={made for made in ids if not mails[made]} - unknown,
        doubled={made for made in ids if mails[made] > 1},
        unknown=unknown,
        unsent={made for made in ids if states[made] not in {"sent", "unknown"}},
    )
