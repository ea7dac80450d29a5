"""Whether a mail can go to an address."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# A local part in which nothing can be wrong and nothing is normalised: RFC 5322's dot-atom in lower case.
_PLAIN_LOCAL_PART = re.compile(
    r"(?=.{1,64}\Z)[a-z0-9_!#$%&'*+/=?^`{|}~-]+(?:\.[a-z0-9_!#$%&'*+/=?^`{|}~-]+)*", re.ASCII
)
_MOST_CHARACTERS = 254


def mail_address(value: str) -> str:
    """The address as it is going to be used.

    Raises:
        ValueError: It is none.
    """
    # The whole check costs as much as everything else that is done with a request. What of it is left for
    # a plain address depends on its domain, and a caller's mails go to few domains.
    local_part, at, domain = value.rpartition("@")
    if at and len(value) <= _MOST_CHARACTERS and _PLAIN_LOCAL_PART.fullmatch(local_part):
        normalized = _normalized_domain(domain)
        if normalized.isascii() and domain.isascii():
            return f"{local_part}@{normalized}"
    return _normalized(value)


def _normalized(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"not a valid email address: {error}") from None


@lru_cache(maxsize=1024)
def _normalized_domain(domain: str) -> str:
    return _normalized(f"a@{domain}").rpartition("@")[2]
