import hashlib
import hmac
import json

import pytest

from notification_api.key_ring import KeyRing, KeyRingError

_ID_KEY = "0123456789abcdef" * 4


def _entry(client_id, *keys, **limits):
    hashes = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    return {"id": client_id, "key_hashes": hashes, "requests_per_second": 50, "burst": 100, **limits}


def _text(*entries, id_key=_ID_KEY):
    return json.dumps({"id_key": id_key, "clients": list(entries)})


def test_finds_a_client_by_any_of_their_keys():
    """Several keys of one client are valid at once, so that one can be replaced by the next."""
    ring = KeyRing.read(_text(_entry("team-a", "old", "new"), _entry("team-b", "other")))

    assert ["team-a", "team-a", "team-b"] == [
        ring.find(credentials).id for credentials in ("team-a.old", "team-a.new", "team-b.other")
    ]


@pytest.mark.parametrize(
    "credentials", ["team-a.other", "team-b.key", "team-c.key", "team-a.", "team-a", ".key", "", "."]
)
def test_knows_nobody_else(credentials):
    """A key is its owner's alone; a hash is no key."""
    ring = KeyRing.read(_text(_entry("team-a", "key"), _entry("team-b", "other")))

    assert None is ring.find(credentials)


def test_hash_is_no_key():
    """Who reads the secret cannot call with what it says."""
    entry = _entry("team-a", "key")

    assert None is KeyRing.read(_text(entry)).find(f"team-a.{entry['key_hashes'][0]}")


@pytest.mark.parametrize(
    ("credentials", "comparisons"), [("team-a.1", 3), ("team-a.3", 3), ("team-a.x", 3), ("team-x.1", 1)]
)
def test_compares_with_every_hash(monkeypatch, credentials, comparisons):
    """Neither the first match nor an unknown client ends the comparison early."""
    compared = []

    def compare(one, other):
        compared.append(one)
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    KeyRing.read(_text(_entry("team-a", "1", "2", "3"))).find(credentials)

    assert comparisons == len(compared)


def test_client_without_keys_is_shut_out():
    """An empty list of hashes is a client who cannot call."""
    assert None is KeyRing.read(_text(_entry("team-a"))).find("team-a.")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[]", "JSON"),
        ("{}", "clients, id_key"),
        (_text(id_key="0123"), "id_key"),
        (_text(id_key="x" * 32), "id_key"),
        (_text(_entry("Team A", "k")), "clients.0.id"),
        (_text(_entry("team-a", "k", burst=0)), "clients.0.burst"),
        (_text(_entry("team-a", "k", requests_per_second=0)), "clients.0.requests_per_second"),
        (_text(_entry("team-a", key_hashes=["hunter2"])), "clients.0.key_hashes.0"),
        (_text(_entry("team-a", "k"), _entry("team-a", "l")), "clients"),
    ],
)
def test_says_what_is_wrong_with_the_secret(text, place):
    """The form is shown and the wrong places are named."""
    with pytest.raises(KeyRingError, match=r'^it must hold JSON: \{"id_key"') as error:
        KeyRing.read(text)
    assert str(error.value).endswith(f"wrong: {place}")


def test_says_nothing_that_the_secret_holds():
    """What is wrong may be a key in the wrong place."""
    with pytest.raises(KeyRingError) as error:
        KeyRing.read(_text(_entry("team-a", key_hashes=["hunter2"]), id_key="hunter3"))
    assert "hunter" not in str(error.value)


def test_client_goes_on_with_their_tokens():
    """Reading the secret again fills no bucket; new limits hold at once, and who is gone is forgotten."""
    before = KeyRing.read(_text(_entry("team-a", "key"), _entry("team-b", "other")), now=lambda: 100.0)
    before.find("team-a.key").bucket.take(90)

    after = KeyRing.read(_text(_entry("team-a", "key", burst=200)), before, now=lambda: 100.0)

    assert after.find("team-a.key").bucket.remaining < 90
    assert 200 == after.find("team-a.key").bucket.burst
    assert None is after.find("team-b.other")


def test_other_id_key_is_refused():
    """With another key for ids every caller would lose sight of what they sent."""
    before = KeyRing.read(_text())

    with pytest.raises(KeyRingError, match="id_key must never change"):
        KeyRing.read(_text(id_key="f" * 64), before)
