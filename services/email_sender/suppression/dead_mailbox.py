"""Which answers of a mail server mean that an address is of no use."""

import re

_REFUSED = frozenset({550, 551, 553})
# https://www.iana.org/assignments/smtp-enhanced-status-codes : no such mailbox, no such domain, no such
# form of address, moved away, a domain without mail. Of the rest of 5.1.x, 7 and 8 are about the
# sender's address, 4 and 5 about one that exists, and 0 says too little.
_DEAD = re.compile(r"\s*5\.1\.(?:1|2|3|6|10)(?!\d)")


def is_dead_mailbox(code: int, message: str) -> bool:
    """Whether an SMTP server says that the recipient's mailbox does not exist, now and later.

    Without an enhanced status code nobody can tell a dead mailbox from a refusal of ours, so that
    counts as none.

    Args:
        code: SMTP reply code, e.g. 550.
        message: The reply's text, which begins with the enhanced status code (RFC 2034).
    """
    return code in _REFUSED and _DEAD.match(message) is not None
