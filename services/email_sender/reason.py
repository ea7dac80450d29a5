"""Why something was not sent, in words that may be logged, kept and shown."""

import re
import unicodedata
from urllib.parse import quote

import idna

MAX_CHARACTERS = 300

# Beyond one line of XML 1.0 characters an SQS message attribute would be refused:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
# More than is kept even if most of it is addresses.
_MAX_READ = 4096
# No pattern ever sees more of what a mail server says: one server's reply must not hold up every other mail.
_MAX_SEARCHED = 2048
# 64 octets, an @, and 255 octets (RFC 5321, 4.5.3.1).
_MAX_ADDRESS = 320
_SHOWN = "<address>"
# Stands for an address until all are found, so that none is looked for in "<address>".
_FOUND = "\x00"
# Each pattern below begins where nothing that it repeats stands before it, or repeats up to a character that
# it begins with: so its time grows no faster than the text.
#
# In angle brackets: whatever they hold, folded over lines or with blanks, if there is an @ in it.
_BRACKETED = re.compile(r"<[^<>@\uff20]*[@\uff20][^<>]*>")
# A quoted local part (RFC 5321, 4.1.2), which may hold blanks.
_QUOTED = re.compile(r'(?<!\\)"(?:[^"\\]|\\.)*"\s*[@\uff20]\s*[^\s<>"\',;:()]*')
# Everything between blanks that has an @, be it in another spelling: xtext (RFC 3461, 4), as URLs and HTML
# write it, or "=" and "%" before a domain as in VERP and SRS.
_WORD = re.compile(r"""[^\s<>"(),;:\[\]]+""")
_MARK = re.compile(
    r"[@\uff20\ufe6b]|[%+=\\]40|&#(?:64|x40);?|&commat;?|[=%!](?:[\w-]+\.)+[a-z]{2,}(?![\w.-])", re.IGNORECASE
)
# An @ with blanks around it, or as word.
_APART = re.compile(
    r"(?<!\S)\S+\s+@(?:\s+\S+)?|(?<!\S)\S+@\s+\S+|(?<!\S)\S+\s+@\S+|(?<!\S)\S+\s*[(\[]\s*at\s*[)\]]\s*\S+",
    re.IGNORECASE,
)
_RUN = re.compile(rf"<?{_FOUND}(?:[\s@\uff20=%+!<>.]*{_FOUND})*>?")
# A reply code and an enhanced status code are none of an address's parts, even of 550@example.com.
_CODES = re.compile(r"\s*\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?(?=\s|$)")


def fit_reason(text: str, recipient: str = "") -> str:
    """One line of 1 to 300 characters in which nobody's address stands.

    Args:
        text: What was said; what is far beyond that length is not even read.
        recipient: Address of the mail that it was said of, if there is one; no part of it is kept.
    """
    line = without_addresses(_UNFIT.sub(" ", text[:_MAX_READ]), recipient).strip() or "no reason was given"
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…"


def without_addresses(text: str, recipient: str = "") -> str:
    """The text with every mail address left out: mail servers like to repeat them in their replies.

    Args:
        text: What a server said; of a long text the first 1,700 characters or so are kept.
        recipient: The address that the text is about, if it is known: what stands before and behind its @ is
            left out wherever it stands alone, in each spelling.
    """
    is_cut = len(text) > _MAX_SEARCHED
    text = unicodedata.normalize("NFC", text[:_MAX_SEARCHED].replace(_FOUND, " "))
    said = _CODES.match(text)
    codes = said[0] if said else ""
    rest = text[len(codes) :]
    rest = _BRACKETED.sub(_FOUND, rest)
    rest = _QUOTED.sub(_FOUND, rest)
    rest = _APART.sub(_FOUND, rest)
    rest = _WORD.sub(lambda word: _FOUND if _MARK.search(word[0]) else word[0], rest)
    if recipient:
        rest = _without_parts(rest, recipient)
    if is_cut:
        # What is cut in two, and so not found, is within these.
        rest = rest[:-_MAX_ADDRESS]
    return codes + _RUN.sub(_SHOWN, rest)


def _without_parts(text: str, recipient: str) -> str:
    """The text without what an address consists of, in each spelling, and wherever a server folds it."""
    # Making a pattern costs more than all the rest, and servers say the parts alone but seldom.
    squeezed = _squeezed(text)
    said = [each for each in _spellings(recipient) if _squeezed(each) in squeezed]
    if not said:
        return text
    said.sort(key=len, reverse=True)
    alternatives = "|".join(r"\s*".join(re.escape(one) for one in each if one != " ") for each in said)
    return re.sub(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])", _FOUND, text, flags=re.IGNORECASE)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _spellings(recipient: str) -> set[str]:
    """Spellings of the parts before and after an address's @, as servers may write them."""
    local, _, domain = unicodedata.normalize("NFC", recipient.strip()).rpartition("@")
    bare = re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') and local.endswith('"') else local
    spellings = {local, bare, bare.partition("+")[0], bare.replace(" ", r"\ ")}
    spellings |= {quote(each, safe="") for each in spellings}
    # xtext (RFC 3461, 4).
    spellings |= {re.sub(r"[+= ]", lambda one: f"+{ord(one[0]):02X}", each) for each in (local, bare)}
    spellings |= {domain, *_domains(domain)}
    if not recipient.isascii():
        # What is not UTF-8 was read as if it were.
        spellings |= {re.sub(r"[^\x00-\x7f]+", "\ufffd", each) for each in spellings}
        spellings |= {unicodedata.normalize("NFD", each) for each in spellings}
    return {each for each in spellings if each.strip(" .\ufffd")}


def _domains(domain: str) -> set[str]:
    """A domain as ASCII and as people write it, where the two differ."""
    if domain.isascii() and "xn--" not in domain.lower():
        return set()
    try:
        ascii_form = idna.encode(domain, uts46=True).decode()
        return {ascii_form, idna.decode(ascii_form)}
    except idna.IDNAError:
        return set()
