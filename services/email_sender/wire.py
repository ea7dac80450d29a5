"""Parts of a mail as they go over the wire (RFC 5322 and MIME).

Written out by hand: a few headers and one or two text parts need none of what makes
`email.message.EmailMessage` cost 0.85 ms of CPU a mail, as much as sending it.
"""

import base64
import hashlib
import re
from email.header import Header
from email.utils import formatdate
from functools import lru_cache

# What may go out as it is: printable ASCII, tab and line breaks, lines as RFC 5322 allows (998 octets).
_PLAIN = re.compile(r"(?:[\t\x20-\x7e]{0,990}\n)*")
# An encoded word in a caller's text would be decoded on the other side.
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[\x20-\x7e]{0,255}")
_PLAIN_NAME = re.compile(r"(?!.*=\?)[\x20-\x7e]*")
# Words that need no quotes: RFC 5322's atoms (3.2.3).
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED_IN_QUOTES = re.compile(r'(["\\])')
# What RFC 2047 allows for a line with an encoded word (2), and RFC 5322 advises for every other (2.1.1).
_ENCODED_LINE, _LINE = 75, 78


@lru_cache(maxsize=1)
def date(second: int) -> str:
    """A moment as mails have it; many are sent within one second."""
    return formatdate(second, usegmt=True)


def subject(text: str) -> str:
    """One line of text as a Subject's value, folded if it is encoded (RFC 2047)."""
    if _PLAIN_SUBJECT.fullmatch(text):
        return text
    return _encoded(text, "Subject")


@lru_cache(maxsize=256)
def mailbox(name: str, address: str) -> str:
    """A name and an address as a From's value, folded where that is needed (RFC 5322, 3.4; RFC 2047, 5)."""
    if not _PLAIN_NAME.fullmatch(name):
        phrase = _encoded(name, "From")
    elif _ATOMS.fullmatch(name):
        phrase = name
    else:
        phrase = '"' + _QUOTED_IN_QUOTES.sub(r"\\\1", name) + '"'
    last_line = f"From: {phrase}".rpartition("\r\n")[2]
    fold = "\r\n" if len(last_line) + len(f" <{address}>") > _LINE else ""
    return f"{phrase}{fold} <{address}>"


def text_part(subtype: str, text: str) -> tuple[str, bytes]:
    """Headers and content of a text part; the content ends with a line break.

    Args:
        subtype: "plain" or "html".
        text: With any line breaks; lines of any length.
    """
    text = text.replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    if _PLAIN.fullmatch(text):
        encoding, content = "7bit", text.replace("\n", "\r\n").encode("ascii")
    else:
        encoding = "base64"
        content = base64.encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
    headers = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    )
    return headers, content


def alternatives(seed: str, *parts: tuple[str, bytes]) -> tuple[str, bytes]:
    """Headers and content of one part that has others as alternatives, the best one last (RFC 2046, 5.1.4).

    Args:
        seed: Decides the boundary, so that the same mail is the same bytes each time.
        parts: As `text_part` gives them.
    """
    boundary = _boundary(seed, [content for _, content in parts])
    lines = [b"--%b\r\n%b%b\r\n" % (boundary, headers.encode(), content) for headers, content in parts]
    return (
        f'Content-Type: multipart/alternative; boundary="{boundary.decode()}"\r\n\r\n',
        b"".join(lines) + b"--%b--\r\n" % boundary,
    )


def _boundary(seed: str, contents: list[bytes]) -> bytes:
    """A line that is in none of these texts."""
    while True:
        seed = hashlib.sha256(seed.encode()).hexdigest()[:24]
        # Base64 has no "_", and plain text might have anything.
        boundary = f"=_{seed}".encode()
        if not any(boundary in content for content in contents):
            return boundary


def _encoded(text: str, header: str) -> str:
    return Header(text, "utf-8", maxlinelen=_ENCODED_LINE, header_name=header).encode(linesep="\r\n")
