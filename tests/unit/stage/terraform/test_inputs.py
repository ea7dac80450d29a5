import hashlib

from stage.terraform.inputs import LIMITED_REQUESTS_PER_SECOND, make_api_key


def test_the_hash_is_of_what_stands_behind_the_dot():
    """The API takes a token apart at its first dot: whose it is, and the key itself."""
    made = make_api_key()

    for client, token in zip(made.document["clients"], (made.token, made.limited_token), strict=True):
        name, _, key = token.partition(".")
        assert client["id"] == name
        assert [hashlib.sha256(key.encode()).hexdigest()] == client["key_hashes"]


def test_one_client_may_ask_at_any_rate_and_the_other_seldom():
    """The load is held up by nothing of its own, and what limits a client can be seen."""
    free, limited = make_api_key().document["clients"]

    assert free["requests_per_second"] >= 10_000
    assert (LIMITED_REQUESTS_PER_SECOND, 1) == (limited["requests_per_second"], limited["burst"])


def test_the_document_does_not_give_the_key_away():
    """Terraform's files and the secret hold hashes alone, and a traceback holds not even these."""
    made = make_api_key()

    for token in (made.token, made.limited_token):
        assert token.partition(".")[2] not in str(made.document)
        assert token not in repr(made)
    assert made.document["id_key"] not in repr(made)


def test_every_stage_has_keys_of_its_own():
    """What was seen on one stage opens no other."""
    one, other = make_api_key(), make_api_key()

    assert 4 == len({one.token, other.token, one.limited_token, other.limited_token})
    assert one.document["id_key"] != other.document["id_key"]
    assert len(bytes.fromhex(one.document["id_key"])) >= 16
