"""`python -m notification_api.new_key CLIENT_ID`: make an API key."""

import argparse
import hashlib
import secrets
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from contract.message import ClientId

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
digits, which must never change afterwards.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a key, its hash and where each goes; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m notification_api.new_key", description="Make an API key."
    )
    parser.add_argument("client_id", help="name of its owner, e.g. team-a")
    client_id = parser.parse_args(arguments).client_id
    try:
        TypeAdapter(ClientId).validate_python(client_id)
    except ValidationError:
        parser.error("CLIENT_ID must have lower-case letters, digits and hyphens only, at most 63")
    key = secrets.token_urlsafe(32)
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    sys.stdout.write(_EXPLANATION.format(client_id=client_id, key=key, key_hash=key_hash))
    return 0


if __name__ == "__main__":
    sys.exit(main())
