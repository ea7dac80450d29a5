import json
import re

import pytest

from notification_api.key_ring import KeyRing
from notification_api.new_key import main


def test_key_and_hash_fit_together(capsys):
    """The entry that is printed, put into the secret, makes the key that is printed work."""
    assert 0 == main(["team-a"])

    printed = capsys.readouterr().out
    credentials = re.search(r"Authorization: Bearer (\S+)", printed)[1]
    entry = re.search(r'\{"id".*\}', printed)[0]
    ring = KeyRing.read(json.dumps({"id_key": "ab" * 32, "clients": [json.loads(entry)]}))
    assert "team-a" == ring.find(credentials).id


def test_every_key_is_another(capsys):
    """Keys are random."""
    main(["team-a"])
    first = capsys.readouterr().out
    main(["team-a"])

    assert first != capsys.readouterr().out


def test_the_text_of_a_new_secret(capsys, tmp_path):
    """It can be put into the secret as it is, for its owner's eyes alone."""
    file = tmp_path / "api-keys.json"
    assert 0 == main(["team-a", "--new-secret", str(file)])

    credentials = re.search(r"^    (team-a\.\S+)$", capsys.readouterr().out, re.MULTILINE)[1]
    assert "team-a" == KeyRing.read(file.read_text()).find(credentials).id
    assert 0 == file.stat().st_mode & 0o077


def test_a_secret_is_never_written_over(capsys, tmp_path):
    """The id_key of a secret that is in use would be lost."""
    file = tmp_path / "api-keys.json"
    file.write_text("{}")

    with pytest.raises(SystemExit):
        main(["team-a", "--new-secret", str(file)])

    assert "{}" == file.read_text()
    assert "choose another file" in capsys.readouterr().err


@pytest.mark.parametrize("client_id", ["Team A", "", "team.a", "-a", "a" * 64])
def test_name_that_cannot_be_one(capsys, client_id):
    """A client id that the API would refuse is refused here."""
    with pytest.raises(SystemExit) as ended:
        main(["--", client_id])

    assert 2 == ended.value.code
    assert "lower-case letters, digits and hyphens" in capsys.readouterr().err
