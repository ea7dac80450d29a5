"""Whether a mail can go to an address."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# A local part in which nothing can be wrong and nothing is normalised: RFC 5322's dot-atom in lower case.
_PLAIN_LOCAL_PART = re.compile(
    r"(?=.{1,64}\Z)[a-z0-9_!#$%&'*+/=?^`{|}~-]+(?:\.[a-z0-9_!#$%&'*+/=?^`{|}~-]+)*", re.ASCII
)
# RFC 5321, 4.5.3.1: a local part has 64 octets, and a path 256 with its angle brackets.
_MAX_LOCAL_PART_OCTETS = 64
_MAX_OCTETS = 254
_PUNYCODE = "xn--"


def mail_address(value: str, *, smtputf8: bool = False) -> str:
    """The address as it is going to be used: its domain in ASCII (IDNA 2008 after UTS 46's mapping).

    Args:
        value: What a caller wrote.
        smtputf8: Whether there may be characters beyond ASCII before the @, for which everybody on the way
            needs RFC 6531.

    Raises:
        ValueError: It is none.
    """
    # The whole check costs as much as everything else that is done with a request. What of it is left for
    # a plain address depends on its domain, and a caller's mails go to few domains.
    local_part, at, domain = value.rpartition("@")
    if at and len(value) <= _MAX_OCTETS and domain.isascii() and _PLAIN_LOCAL_PART.fullmatch(local_part):
        normalized = _normalized_domain(domain)
        # The other spelling of such a domain has a length of its own.
        if _PUNYCODE not in normalized:
            return f"{local_part}@{normalized}"
    return _normalized(value, smtputf8=smtputf8)


def _normalized(address: str, *, smtputf8: bool = False) -> str:
    try:
        found = validate_email(address, allow_smtputf8=smtputf8, strict=True, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"not a valid email address: {error}") from None
    # The library counts characters.
    if len(found.local_part.encode()) > _MAX_LOCAL_PART_OCTETS:
        raise ValueError(
            "not a valid email address: there are more than "
            f"{_MAX_LOCAL_PART_OCTETS} octets before the @-sign in UTF-8."
        )
    return f"{found.local_part}@{found.ascii_domain}"


@lru_cache(maxsize=1024)
def _normalized_domain(domain: str) -> str:
    return _normalized(f"a@{domain}").rpartition("@")[2]
