"""Names as SMTP carries them: in ASCII."""

import ipaddress
import re

from shared.address import with_ascii_domain

# A label of a host name (RFC 1123, 2.1; RFC 5321, 4.1.2).
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_MAX_NAME = 253


def helo_name(name: str, mail_from: str) -> str:
    """The name that a client says in EHLO (RFC 5321, 4.1.1.1 and 4.1.3).

    Args:
        name: A host name, or an address in brackets, e.g. `[192.0.2.1]`; empty for the domain of `mail_from`.
        mail_from: Address that mails come from.

    Raises:
        ValueError: It is neither.
    """
    wanted = name or mail_from.rpartition("@")[2]
    if _is_literal(wanted):
        return wanted
    try:
        found = with_ascii_domain(f"@{wanted}").removeprefix("@")
    except ValueError:
        found = ""
    if found and len(found) <= _MAX_NAME and all(map(_LABEL.fullmatch, found.split("."))):
        return found
    setting = "SMTP_HELO_NAME" if name else "SMTP_HELO_NAME is not set, and the domain of MAIL_FROM"
    raise ValueError(
        f"{setting} must be a host name or an address in brackets, e.g. mail.example.com or [192.0.2.1]"
    )


def _is_literal(name: str) -> bool:
    if not (name.startswith("[") and name.endswith("]")):
        return False
    try:
        if name[1:6].lower() == "ipv6:":
            # A zone is nobody else's business.
            return "%" not in name and bool(ipaddress.IPv6Address(name[6:-1]))
        return bool(ipaddress.IPv4Address(name[1:-1]))
    except ValueError:
        return False
