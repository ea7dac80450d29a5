from uuid import UUID

import pytest

from notification_api.identity import is_of, new_id
from shared.message import NotificationMessage

_ID_KEY = bytes(range(32))


def test_same_key_same_id_for_ever():
    """The id of a client's key never changes, not even with a release: this is one that was given out."""
    assert "737522c4-5b39-5bcd-b07b-81b5383620c2-fecf21e0db39" == new_id(_ID_KEY, "team-a", "order-1042")


@pytest.mark.parametrize(
    "other",
    [("team-b", "order-1042"), ("team-a", "order-1043"), ("team-ao", "rder-1042")],
)
def test_other_client_or_key_other_id(other):
    """Clients do not share keys, however their names and keys are joined."""
    assert new_id(_ID_KEY, "team-a", "order-1042")[:36] != new_id(_ID_KEY, *other)[:36]


def test_no_key_no_repetition():
    """Without a key every notification is a new one."""
    ids = {new_id(_ID_KEY, "team-a", None) for _ in range(100)}

    assert 100 == len(ids)
    assert all(UUID(each[:36]).version == 4 and str(UUID(each[:36])) == each[:36] for each in ids)
    # Digits that mean something, one after the other: their place in a UUID's text is fixed.
    assert {"4"} == {each[14] for each in ids}
    assert set("89ab") == {each[19] for each in ids}


@pytest.mark.parametrize("key", [None, "order-1042"])
def test_knows_its_own_ids(key):
    """An id is its client's alone, and that of whoever signs with the same key."""
    given = new_id(_ID_KEY, "team-a", key)

    assert is_of(_ID_KEY, "team-a", given)
    assert not is_of(_ID_KEY, "team-b", given)
    assert not is_of(bytes(32), "team-a", given)


@pytest.mark.parametrize("place", range(49))
def test_knows_no_made_up_ids(place):
    """Whatever is changed in an id, it is nobody's."""
    given = new_id(_ID_KEY, "team-a", "order-1042")
    other = "0" if given[place] != "0" else "1"

    assert not is_of(_ID_KEY, "team-a", given[:place] + other + given[place + 1 :])


@pytest.mark.parametrize("made_up", ["", "x", "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11", "é" * 49])
def test_knows_nothing_of_another_form(made_up):
    """What is no id at all is nobody's."""
    assert not is_of(_ID_KEY, "team-a", made_up)


def test_fits_the_message():
    """The queue's contract takes it."""
    given = new_id(_ID_KEY, "team-a", "x" * 256)

    assert (
        given
        == NotificationMessage(
            id=given, recipient="a@b.de", subject="s", body="b", accepted_at="2026-11-01T12:00:00Z"
        ).id
    )
