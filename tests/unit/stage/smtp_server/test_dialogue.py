import base64

import pytest

from stage.smtp_server.dialogue import MAX_MESSAGE_BYTES

LOGIN = {"username": "us", "password": "right"}


def _base64(text):
    return base64.b64encode(text.encode()).decode()


RIGHT, WRONG, NOTHING = (_base64(text) for text in ("\0us\0right", "\0us\0wrong", "\0\0"))


async def test_a_mail_is_written_down_as_it_was_sent(start, by_smtplib, taken):
    """Envelope and content are the client's; a line that begins with a dot keeps it."""
    server = await start()
    content = b"Subject: x\r\n\r\n.\r\n..two\r\nthree\r\n"

    await by_smtplib(
        server, lambda client: client.sendmail("us@a.example", ["a@b.example", "c@d.example"], content)
    )

    [envelope] = taken
    assert ("us@a.example", ["a@b.example", "c@d.example"]) == (envelope.sender, envelope.recipients)
    assert content == envelope.content


@pytest.mark.parametrize("content", ["", "hello\r\n", "..\r\n"])
async def test_a_mail_may_be_as_short_as_it_likes(start, connect, taken, content):
    """Also without a line: the dot then comes at once."""
    client = await connect(await start())
    await client("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")

    assert "250" == (await client(f"{content}."))[:3]
    assert content.replace("..", ".").encode() == taken[0].content


async def test_commands_may_come_in_one_go_and_in_pieces(start, connect, taken):
    """Each is answered in its turn."""
    client = await connect(await start())

    assert "354" == (await client("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"))[:3]
    for piece in (b"Subject: x\r\n\r", b"\nhello\r", b"\n.", b"\r"):
        client.say(piece)
    client.say(b"\nNOOP\r\n")
    assert ["250 2.0.0 written down", "250 2.0.0 OK"] == [await client.reply(), await client.reply()]
    assert b"Subject: x\r\n\r\nhello\r\n" == taken[0].content


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (["RCPT TO:<a@b.example>"], "503"),
        (["DATA"], "503"),
        (["MAIL FROM:<a@b.example>", "DATA"], "503"),
        (["MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>"], "503"),
        (["MAIL FROM:<a@b.example>", "RSET", "MAIL FROM:<a@b.example>"], "250"),
        (["MAIL FROM:<a@b.example>", "EHLO us", "MAIL FROM:<a@b.example>"], "250"),
        (["MAIL FROM:a@b.example"], "501"),
        (["MAIL FROM:<>"], "250"),
        (["mail from:<a@b.example> body=8bitmime size=1"], "250"),
        ([f"MAIL FROM:<a@b.example> SIZE={MAX_MESSAGE_BYTES + 1}"], "552"),
        (["MAIL FROM:<ä@b.example>"], "553"),
        (["MAIL FROM:<ä@b.example> SMTPUTF8", "RCPT TO:<ö@b.example>"], "250"),
        (["MAIL FROM:<a@b.example>", "RCPT TO:<ö@b.example>"], "553"),
        (["MAIL FROM:<a@b.example>", "RCPT TO:<>"], "501"),
        (["EHLO"], "501"),
        (["HELO us"], "250"),
        (["HELO"], "501"),
        (["NOOP"], "250"),
        (["VRFY x"], "252"),
        (["BANNER"], "502"),
        (["CONTENT"], "502"),
        (["EXPN x"], "502"),
        (["STARTTLS"], "502"),
        (["AUTH PLAIN x"], "503"),
        (["QUIT"], "221"),
    ],
)
async def test_commands_have_their_order_and_their_form(start, connect, said, reply):
    """RFC 5321's replies, so that a client which errs does not pass."""
    client = await connect(await start())

    assert reply == (await client(*said))[:3]


async def test_nothing_is_taken_from_who_has_not_greeted(start, connect):
    """RFC 5321 section 4.1.4."""
    client = await connect(await start(), greet=None)

    assert "220 smtp-server ESMTP" == await client.reply()
    assert "503" == (await client("MAIL FROM:<a@b.example>"))[:3]


@pytest.mark.parametrize("data", [b"x" * 13_000, b"MAIL \xff\r\n"])
async def test_what_is_no_line_of_text_is_refused(start, connect, data):
    """A line without an end must not fill the memory."""
    client = await connect(await start())
    client.say(data)

    assert (await client.reply())[:3] in {"421", "500"}


async def test_ehlo_offers_what_there_is(start, connect):
    """A client uses only what is announced."""
    plain = await connect(await start(), greet=None)
    await plain.reply()
    old = await connect(await start(pipelining=False, smtputf8=False), greet=None)
    await old.reply()

    assert (
        f"250-smtp-server\n250-SIZE {MAX_MESSAGE_BYTES}\n250-8BITMIME\n250-SMTPUTF8\n250 PIPELINING"
        == await plain("EHLO us")
    )
    assert f"250-smtp-server\n250-SIZE {MAX_MESSAGE_BYTES}\n250 8BITMIME" == await old("EHLO us")
    assert "555" == (await old("MAIL FROM:<a@b.example> SMTPUTF8"))[:3]


async def test_a_login_over_tls(start, by_smtplib, tls, taken):
    """STARTTLS, then a login, then the mail, and none of them before the one before it."""
    server = await start(certificate=tls[0], needs_tls=True, needs_login=True, login=LOGIN)
    seen = []

    def talk(client):
        client.ehlo()
        seen.append((client.has_extn("starttls"), client.has_extn("auth")))
        seen.append(client.mail("a@b.example"))
        client.starttls(context=tls[1])
        client.ehlo()
        seen.append((client.has_extn("starttls"), client.has_extn("auth")))
        seen.append(client.mail("a@b.example"))
        seen.append(client.login("us", "right")[0])
        client.sendmail("a@b.example", ["c@d.example"], b"Subject: x\r\n\r\n")

    await by_smtplib(server, talk)

    assert [
        (True, False),
        (530, b"5.7.0 must issue a STARTTLS command first"),
        (False, True),
        (530, b"5.7.0 authentication required"),
        235,
    ] == seen
    assert 1 == len(taken)


async def test_what_was_said_before_tls_is_forgotten(start, by_smtplib, tls, connect):
    """RFC 3207 section 4.2: neither the greeting nor what is slipped in behind STARTTLS counts."""
    server = await start(certificate=tls[0])

    def talk(client):
        client.ehlo()
        client.starttls(context=tls[1])
        return client.docmd("MAIL FROM:<a@b.example>")[0]

    assert 503 == await by_smtplib(server, talk)
    client = await connect(server)
    client.say(b"STARTTLS\r\nNOOP\r\n")
    assert "220" == (await client.reply())[:3]
    assert "501" == (await (await connect(server))("STARTTLS now"))[:3]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ([f"AUTH PLAIN {RIGHT}"], "235"),
        (["AUTH PLAIN", RIGHT], "235"),
        (["AUTH LOGIN", _base64("us"), _base64("right")], "235"),
        ([f"AUTH LOGIN {_base64('us')}", _base64("right")], "235"),
        ([f"AUTH PLAIN {WRONG}"], "535"),
        (["AUTH LOGIN", "no base64", _base64("right")], "535"),
        (["AUTH PLAIN", "*"], "535"),
        (["AUTH CRAM-MD5"], "504"),
        ([f"AUTH PLAIN {RIGHT}"] * 2, "503"),
    ],
)
async def test_logins(start, connect, said, reply):
    """The two mechanisms that relays have, with and without an initial answer (RFC 4954)."""
    client = await connect(await start(login=LOGIN))

    for line in said:
        last = await client(line)
    assert reply == last[:3]


async def test_without_a_login_nobody_has_the_right_one(start, connect):
    """A server that wants one and was told none takes no mail."""
    client = await connect(await start(needs_login=True))

    assert "535" == (await client(f"AUTH PLAIN {NOTHING}"))[:3]
    assert "530" == (await client.mail())[:3]
