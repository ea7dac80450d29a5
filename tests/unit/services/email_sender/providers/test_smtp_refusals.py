"""Each line of the table in docs/mail-refusals.md, and replies that relays of this world gave."""

from pathlib import Path

import pytest

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ThrottledError,
    TransientError,
    UnavailableError,
)
from email_sender.providers.smtp_refusals import RefusedError, fault_of, rule_for
from email_sender.providers.smtp_reply import Reply
from email_sender.providers.smtp_rules import RULES, Stage
from tests.unit.services.email_sender.providers.replies import DEAD, MAIL, NOW, OURS, RATE, REPLIES
from tests.unit.services.email_sender.providers.scripted import HANG_UP, SILENCE, ScriptedRelay, provider_of

_PAGE = Path(__file__).parents[5] / "docs" / "mail-refusals.md"

_ERRORS = {
    OURS: UnavailableError,
    RATE: ThrottledError,
    NOW: TransientError,
    MAIL: PermanentError,
    DEAD: PermanentError,
}

_STAGES = {
    "banner": Stage.OPENING,
    "ehlo": Stage.OPENING,
    "mail": Stage.MAIL,
    "rcpt": Stage.RCPT,
    "data": Stage.DATA,
    "content": Stage.CONTENT,
}


def _reply(answer):
    lines = answer.split("\r\n")
    return Reply(int(answer[:3]), "\n".join(line[4:] for line in lines))


@pytest.mark.parametrize(("command", "answer", "fault"), REPLIES)
async def test_fault_of_a_refusal(mail, command, answer, fault):
    """Who is at fault is told from the command that was refused, the code, and the words; it is said who."""
    async with ScriptedRelay({command: answer}) as relay:
        with pytest.raises(_ERRORS[fault]) as refused:
            await provider_of(relay).send(mail(), Handover())

    assert _ERRORS[fault] is type(refused.value)
    assert (fault is DEAD) is getattr(refused.value, "dead_mailbox", False)
    assert str(refused.value).startswith(answer[:3])
    assert "ada" not in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("501 5.5.4 Unsupported option: SMTPUTF8", MAIL),
        ("555 5.5.4 Unsupported option: SMTPUTF8", MAIL),
        ("553 5.6.7 Non-ASCII addresses not permitted", MAIL),
        ("550 5.7.1 Sender address rejected", OURS),
        ("451 4.3.2 not now", OURS),
    ],
)
async def test_refusal_of_an_international_address(mail, answer, fault):
    """What the relay says against SMTPUTF8 is about the one mail that asked for it."""
    async with ScriptedRelay({"ehlo": "250-relay\r\n250 SMTPUTF8", "mail": answer}) as relay:
        with pytest.raises(_ERRORS[fault], match=answer[:3]):
            await provider_of(relay).send(mail(recipient="jörg@example.com"), Handover())


@pytest.mark.parametrize(
    "script",
    [
        {"banner": HANG_UP},
        {"banner": "nonsense"},
        {"ehlo": HANG_UP},
        {"ehlo": "nonsense"},
        {"mail": HANG_UP},
        {"mail": ("250 from", HANG_UP)},
        {"mail": "nonsense"},
        {"rcpt": HANG_UP},
        {"rcpt": b"250-to\r\n550 no\r\n"},
        {"data": HANG_UP},
        {"data": ("354 go on", HANG_UP)},
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
async def test_relay_that_goes_away_before_the_content(mail, script, pipelining):
    """A connection that ends or goes mad before the content went out is the relay's fault alone."""
    handover = Handover()
    if script == {"data": ("354 go on", HANG_UP)}:
        script = {"data": (b"354 go on\r\n421 4.3.2 closing\r\n",)}
    async with ScriptedRelay(script, pipelining=pipelining) as relay:
        with pytest.raises(UnavailableError):
            await provider_of(relay).send(mail(), handover)

    assert not handover.begun


@pytest.mark.parametrize(
    "script",
    [
        *({command: SILENCE} for command in ("banner", "ehlo", "mail", "rcpt", "data")),
        # What TLS begins with, and no line.
        {"banner": b"\x16\x03\x01\x00\xff"},
    ],
)
async def test_relay_that_says_nothing_before_the_content(mail, script):
    """Silence before the content is the relay's fault, and is told by the provider itself."""
    handover = Handover()
    async with ScriptedRelay(script) as relay:
        with pytest.raises(UnavailableError):
            await provider_of(relay, seconds=0.1).send(mail(), handover)

    assert not handover.begun


def test_each_rule_has_a_reply_of_its_own():
    """No rule is there that no reply needs."""
    given = [(_STAGES[command], _reply(answer)) for command, answer, _ in REPLIES]
    given += [
        (Stage.MAIL_UTF8, Reply(555, "5.5.4 unsupported")),
        (Stage.MAIL_UTF8, Reply(553, "5.6.7 not permitted")),
    ]
    needed = [rule_for(*each) for each in given]

    assert [] == [rule for rule in RULES if rule not in needed]


@pytest.mark.parametrize("stage", Stage)
def test_what_may_pass_ends_no_mail(stage):
    """Only a code that is for ever is the mail's end, and none without words is a dead mailbox."""
    faults = {code: fault_of(stage, Reply(code, "")) for code in range(200, 600)}

    assert [] == [code for code, fault in faults.items() if fault is MAIL and code < 500]
    assert DEAD not in faults.values()


def _cell(words):
    return "<br>".join(words).replace("|", r"\|")


def _table():
    """The rules as the page has them."""
    lines = [
        "| Refused | Code | Enhanced code | Words | Whose fault | What it is | Source |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in RULES:
        cells = [
            _cell([stage.value for stage in rule.at]),
            ", ".join(rule.codes) or "any",
            ", ".join(f"x.{each}" for each in rule.enhanced) or "any",
            _cell(rule.texts) or "any",
            rule.fault.value,
            rule.meaning,
            rule.source,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def test_page_has_the_rules():
    """docs/mail-refusals.md shows what the code does, line by line."""
    page = _PAGE.read_text().splitlines()
    begin = page.index(_table()[0])

    assert _table() == page[begin : begin + len(_table())]


def test_refusal_of_an_address_that_is_a_rule_s_words():
    """What stands in an address says nothing of whose fault it is."""
    refused = RefusedError(Stage.RCPT, Reply(550, "5.7.1 <your-ip@spf.example>: rejected"))

    assert PermanentError is type(refused.provider_error("your-ip@spf.example"))
