"""The notifications that the test which runs has to do with.

Whoever calls the API notes the ids by itself; a test that puts a message on a queue says so. conftest.py
puts an account of them under a failure (account.py), so that nobody has to search the logs for an id.
"""

import json

_ids: dict[str, None] = {}


def follow(*ids: str) -> None:
    """Note that a test has to do with these notifications."""
    _ids.update(dict.fromkeys(ids))


def followed() -> list[str]:
    """The notifications of the test that runs."""
    return list(_ids)


def forget() -> None:
    """Begin with none: the next test is somebody else's."""
    _ids.clear()


def ids_in(answer: str) -> list[str]:
    """Ids of the notifications that an answer of the API is about: one, or those of a batch."""
    try:
        body = json.loads(answer)
        return [str(one["id"]) for one in body.get("results", [body]) if one.get("id")]
    except (ValueError, AttributeError, TypeError):
        return []
