import hashlib

from stage.terraform.inputs import make_api_key


def test_the_hash_is_of_what_stands_behind_the_dot():
    """The API takes a token apart at its first dot: whose it is, and the key itself."""
    made = make_api_key()
    (client,) = made.document["clients"]

    name, _, key = made.token.partition(".")

    assert client["id"] == name
    assert [hashlib.sha256(key.encode()).hexdigest()] == client["key_hashes"]


def test_the_document_does_not_give_the_key_away():
    """Terraform's files and the secret hold hashes alone, and a traceback holds not even these."""
    made = make_api_key()

    assert made.token.partition(".")[2] not in str(made.document)
    assert made.document["id_key"] not in repr(made)


def test_every_stage_has_keys_of_its_own():
    """What was seen on one stage opens no other."""
    one, other = make_api_key(), make_api_key()

    assert one.token != other.token
    assert one.document["id_key"] != other.document["id_key"]
    assert len(bytes.fromhex(one.document["id_key"])) >= 16
