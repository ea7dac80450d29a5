"""`python -m notification_api.new_key CLIENT_ID`: make an API key, or the first one of a new secret."""

import argparse
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from shared.message import ClientId

_EXPLANATION = """\
Key of {client_id}, shown this once; hand it over where only they can read it:

    {client_id}.{key}

They send it with every request as

    Authorization: Bearer {client_id}.{key}

Its hash, for "key_hashes" of {client_id} in the secret that API_KEYS_SECRET names:

    {key_hash}

The old hash stays beside it until the old key is used no more: both keys work meanwhile, and no task
needs a restart. A client that is new there looks like this:

    {{"id": "{client_id}", "key_hashes": ["{key_hash}"], "requests_per_second": 50, "burst": 100}}

and goes into the list "clients". A secret that is new needs an "id_key" as well, of 64 random hexadecimal
digits, which must never change afterwards: --new-secret writes one.
"""

_FIRST_KEY = """\
Key of {client_id}, shown this once; hand it over where only they can read it:

    {client_id}.{key}

{file} holds what goes into the secret. Put it there and remove the file: its "id_key" is secret too.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a key, its hash and where each goes; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m notification_api.new_key", description="Make an API key."
    )
    parser.add_argument("client_id", help="name of its owner, e.g. team-a")
    parser.add_argument(
        "--new-secret", type=Path, metavar="FILE", help="write the text of a new secret there"
    )
    given = parser.parse_args(arguments)
    client_id = given.client_id
    try:
        TypeAdapter(ClientId).validate_python(client_id)
    except ValidationError:
        parser.error("CLIENT_ID must have lower-case letters, digits and hyphens only, at most 63")
    key = secrets.token_urlsafe(32)
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    if given.new_secret is None:
        sys.stdout.write(_EXPLANATION.format(client_id=client_id, key=key, key_hash=key_hash))
        return 0
    try:
        _write(given.new_secret, _document(client_id, key_hash))
    except OSError as error:
        parser.error(f"{given.new_secret} cannot be written ({error.strerror}): choose another file")
    sys.stdout.write(_FIRST_KEY.format(client_id=client_id, key=key, file=given.new_secret))
    return 0


def _document(client_id: str, key_hash: str) -> str:
    client = {"id": client_id, "key_hashes": [key_hash], "requests_per_second": 50, "burst": 100}
    return json.dumps({"id_key": secrets.token_hex(32), "clients": [client]}, indent=2) + "\n"


def _write(file: Path, text: str) -> None:
    """Write a file that nobody else can read, and never over another one."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)


if __name__ == "__main__":
    sys.exit(main())
