"""Mail addresses, whose domains have two spellings: the one people write, and the one of DNS and SMTP.

`ada@bücher.de` and `ada@xn--bcher-kva.de` are one mailbox (RFC 5890, 2.3.2.1). What stands before the @ has
one spelling only.
"""

from contextlib import suppress

import idna

_PUNYCODE = "xn--"


def with_ascii_domain(address: str) -> str:
    """The address with its domain as every relay takes it, by IDNA 2008 after UTS 46's mapping.

    Raises:
        ValueError: The domain has no such spelling. The address is not repeated.
    """
    local_part, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local_part}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise ValueError("the domain cannot be written in ASCII (IDNA 2008)") from None


def with_unicode_domain(address: str) -> str:
    """The address with its domain as people write it, in lower case: the same for every spelling of it.

    A domain that breaks IDNA's rules stays as it is but for the case of its letters.
    """
    local_part, at, domain = address.rpartition("@")
    domain = domain.lower()
    if _PUNYCODE in domain or not domain.isascii():
        with suppress(idna.IDNAError):
            domain = idna.decode(domain, uts46=True)
    return f"{local_part}{at}{domain}"
