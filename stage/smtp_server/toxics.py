"""Toxics of a mail relay, as changes of the SMTP server's behaviour."""

from collections.abc import Mapping, Sequence
from typing import Any

_NOT_A_SHARE = "it concerns all mails, so its toxicity is 1"
_OF_ALL_MAILS = ("greylist_seconds", "max_mails_per_second", "max_connections")


def changes_for(toxics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Changes after which the server has these toxics and no others.

    An `error` says at which command the relay has which reply (`at`, `reply`); or it sets one of
    `greylist_seconds`, `max_mails_per_second` and `max_connections`, which are answered as relays do.

    Args:
        toxics: `type`, `attributes` and `toxicity` of each; none to heal it.

    Raises:
        ValueError: A toxic of all mails has a toxicity.
    """
    changes: dict[str, Any] = dict.fromkeys(_OF_ALL_MAILS)
    of_connections = []
    for toxic in toxics:
        attributes = toxic.get("attributes") or {}
        of_all = {name: attributes[name] for name in _OF_ALL_MAILS if name in attributes}
        if of_all and toxic.get("type") == "error":
            if toxic.get("toxicity", 1.0) < 1 or of_all.keys() != attributes.keys():
                raise ValueError(
                    f"error with {', '.join(of_all)}: {_NOT_A_SHARE}, and nothing else is with it"
                )
            changes |= of_all
        else:
            of_connections.append(dict(toxic))
    return changes | {"toxics": of_connections}
