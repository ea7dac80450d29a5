"""Addresses, where they must not be seen."""

import hashlib
import re

_ADDRESS = re.compile(r"<?[^\s<>@\"',;:()]+@[^\s<>@\"',;:()]+>?")


def suppression_key(address: str) -> str:
    """Key of an address's item in the ledger table, in which the address itself does not stand.

    A domain is the same in any case of letters; what stands before it may not be (RFC 5321, 2.4).
    """
    local, at, domain = address.strip().rpartition("@")
    return "suppressed/" + hashlib.sha256(f"{local}{at}{domain.lower()}".encode()).hexdigest()


def without_addresses(text: str) -> str:
    """The text with every mail address left out: mail servers like to repeat them in their answers."""
    return _ADDRESS.sub("<address>", text)
