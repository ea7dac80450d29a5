"""Refusals of a relay: what one means for the mail, by the rules in `smtp_rules`."""

import re

from email_sender.providers.protocol import (
    PermanentError,
    ProviderError,
    ThrottledError,
    TransientError,
    UnavailableError,
)
from email_sender.providers.smtp_reply import Reply
from email_sender.providers.smtp_rules import BEFORE, RULES, Fault, Rule, Stage
from email_sender.reason import fit_reason, without_addresses

_CLOSING = 421
_TRANSIENT = 4


class RefusedError(Exception):
    """The relay answered a command otherwise than a mail needs.

    Attributes:
        stage: How far the mail had come.
        reply: What it answered.
    """

    def __init__(self, stage: Stage, reply: Reply) -> None:
        super().__init__(reply.code)
        self.stage = stage
        self.reply = reply

    @property
    def is_of_connection(self) -> bool:
        """Whether another connection may get another answer: this one ends, or its first command failed."""
        return self.stage in BEFORE or self.reply.code == _CLOSING or self.reply.kind < _TRANSIENT

    def provider_error(self, recipient: str) -> ProviderError:
        """The refusal as the provider error that the sender acts on.

        Args:
            recipient: Address that the mail goes to; the relay may repeat it, and this does not.
        """
        reason = fit_reason(self.reply.text, recipient)
        match fault_of(self.stage, self.reply):
            case Fault.OURS:
                return UnavailableError(reason)
            case Fault.RATE:
                return ThrottledError(reason)
            case Fault.NOW:
                return TransientError(reason)
            case Fault.MAIL:
                return PermanentError(reason)
            case Fault.RECIPIENT:
                return PermanentError(reason, dead_mailbox=True)


def fault_of(stage: Stage, reply: Reply) -> Fault:
    """Fault behind a reply to a command; what is not permanent does not end a mail."""
    rule = rule_for(stage, reply)
    if rule is None:
        # No reply of SMTP has such a code.
        return Fault.OURS
    return Fault.NOW if rule.fault is Fault.MAIL and reply.kind == _TRANSIENT else rule.fault


def rule_for(stage: Stage, reply: Reply) -> Rule | None:
    """The first rule that fits."""
    # Somebody's address may be dmarc@example.com.
    text = without_addresses(reply.text)
    return next((each.rule for each in _COMPILED[stage] if each.fits(reply, text)), None)


_RANGE = re.compile(r"(\d+)\.(?:(\*)|(\d+)(?:-(\d+))?)")
_MAX_DETAIL = 999


class _Compiled:
    """A rule in a form that is quick to compare; refusals may come as fast as mails go."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._codes = frozenset(code for pattern in rule.codes for code in _codes(pattern))
        self._enhanced = [_details(pattern) for pattern in rule.enhanced]
        self._texts = re.compile("|".join(map(_phrase, rule.texts)), re.IGNORECASE) if rule.texts else None

    def fits(self, reply: Reply, text: str) -> bool:
        if self._codes and reply.code not in self._codes:
            return False
        if self._enhanced and not self._has(reply.enhanced):
            return False
        return self._texts is None or self._texts.search(text) is not None

    def _has(self, enhanced: tuple[int, int] | None) -> bool:
        if enhanced is None:
            return False
        subject, detail = enhanced
        return any(subject == of and detail in details for of, details in self._enhanced)


def _codes(pattern: str) -> range:
    if pattern.endswith("xx"):
        first = int(pattern[0]) * 100
        return range(first, first + 100)
    return range(int(pattern), int(pattern) + 1)


def _details(pattern: str) -> tuple[int, range]:
    found = _RANGE.fullmatch(pattern)
    if found is None:
        raise ValueError(pattern)
    if found[2]:
        return int(found[1]), range(_MAX_DETAIL + 1)
    return int(found[1]), range(int(found[3]), int(found[4] or found[3]) + 1)


def _phrase(phrase: str) -> str:
    """A pattern for whole words; each "*" is bounded, so that time grows no faster than the text."""
    words = ".{0,60}?".join(
        re.escape(part) for part in phrase.removesuffix("*").replace(" * ", "*").split("*")
    )
    end = "" if phrase.endswith(("*", ":", ".")) else r"\b"
    return rf"\b{words}{end}"


_COMPILED = {stage: [_Compiled(rule) for rule in RULES if stage in rule.at] for stage in Stage}
