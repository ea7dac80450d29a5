import functools
import re
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from email_sender.reason import MAX_CHARACTERS, fit_reason, without_addresses
from shared.text import single_line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 <ada@example.com>: no such user", "550 5.1.1 <address>: no such user"),
        ("451 line one\r\nline two", "451 line one line two"),
        ("  ", "no reason was given"),
    ],
)
def test_reason_names_nobody_and_is_one_line(text, reason):
    """What a relay says is kept without the address that it quotes, on one line."""
    assert reason == fit_reason(text)


def test_reason_of_a_mail_names_no_part_of_its_recipient():
    """What is known to be somebody's name is not kept, even alone."""
    assert "550 5.1.1 <address>: no such user" == fit_reason("550 5.1.1 ada: no such user", "ada@example.com")


@pytest.mark.parametrize("piece", ["<", "a.a@", "a.a", "\x00", '"', " ", "\ud800"])
def test_reason_is_not_read_to_the_end(piece):
    """A megabyte takes no longer than what is looked at of it."""
    short, long = (
        min(timeit.repeat(functools.partial(fit_reason, piece * size), number=1, repeat=7))
        for size in (4_096, 1_000_000)
    )

    assert long < 8 * short


@given(text=st.text(max_size=1000), recipient=st.text(max_size=30) | st.emails())
def test_any_reason_fits(text, recipient):
    """Whatever a provider says fits into a message attribute, a log line and a timeline."""
    reason = fit_reason(text, recipient)

    assert 1 <= len(reason) <= MAX_CHARACTERS
    assert reason == single_line(reason)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5.1.1 <ada@example.com>: no such user", "5.1.1 <address>: no such user"),
        ("no mailbox here by that name: ada@example.com.", "no mailbox here by that name: <address>"),
        ('ada+x@a.example and "eve"@b.example', "<address> and <address>"),
        ("mailbox unavailable", "mailbox unavailable"),
        ("<o'brien@example.com> is gone", "<address> is gone"),
        ('<"john smith"@example.com> is gone', "<address> is gone"),
        ('"john smith"@example.com is gone', "<address> is gone"),
        (r'"john \"x\" smith"@example.com is gone', "<address> is gone"),
        ("< ada @ example.com > is gone", "<address> is gone"),
        ("<ada@\r\n example.com> is gone", "<address> is gone"),
        ("ada @ example.com is gone", "<address> is gone"),
        ("<@hop.example:ada@example.com> is gone", "<address> is gone"),
        ("rfc822;ada+40example.com is gone", "rfc822;<address> is gone"),
        ("https://x.example/why?id=ada%40example.com&ip=1 says why", "https:<address> says why"),
        ("SRS0=ab=cd=example.com=ada@us.example is gone", "<address> is gone"),
        ("SRS0+ab=cd=example.com=ada is gone", "<address> is gone"),
        ("bounce-ada=example.com is gone", "<address> is gone"),
        ("ada%example.com is gone", "<address> is gone"),
        ("host!ada@example.com is gone", "<address> is gone"),
        ("mailto:ada@example.com is gone", "mailto:<address> is gone"),
        ("(ada@example.com) is gone", "(<address>) is gone"),
        ("[ada@example.com] is gone", "[<address>] is gone"),
        ("jörg@bücher.example is gone", "<address> is gone"),
        ("ada\uff20example.com is gone", "<address> is gone"),
        ("ada&#64;example.com is gone", "<address>;example.com is gone"),
        ("ada(at)example.com is gone", "<address> is gone"),
        ("queued as 4F2B1C0; size=1024", "queued as 4F2B1C0; size=1024"),
        ("[192.0.2.1      19] 10.0.0.1 said: 5.7.1 no", "[192.0.2.1      19] 10.0.0.1 said: 5.7.1 no"),
    ],
)
def test_addresses_are_left_out_of_a_text(text, left):
    """What a mail server repeats of a recipient is not kept, however it is written."""
    assert left == without_addresses(text)


@pytest.mark.parametrize(
    ("recipient", "text", "left"),
    [
        ("ada@example.com", "550 5.1.1 ADA: no such user", "550 5.1.1 <address>: no such user"),
        (
            "ada@example.com",
            "550 user=ada is unknown at mx.example.com",
            "550 user=<address> is unknown at mx.<address>",
        ),
        ("ada@example.com", "550 adamant", "550 adamant"),
        ("ada@example.com", "550 <a\r\n da@example.com> unknown", "550 <address> unknown"),
        ("o'brien@example.com", "550 O'Brien unknown", "550 <address> unknown"),
        ("o'brien@example.com", "550 o%27brien unknown", "550 <address> unknown"),
        ('"john smith"@example.com', "550 john smith unknown", "550 <address> unknown"),
        ('"john smith"@example.com', "550 john%20smith unknown", "550 <address> unknown"),
        ('"john smith"@example.com', r"550 john\ smith unknown", "550 <address> unknown"),
        ("ada+news@example.com", "550 ada unknown", "550 <address> unknown"),
        ("ada+news@example.com", "550 ada+2Bnews unknown", "550 <address> unknown"),
        ("jörg@bücher.example", "550 JÖRG at xn--bcher-kva.example", "550 <address> at <address>"),
        ("jörg@xn--bcher-kva.example", "550 bücher.example says no", "550 <address> says no"),
        ("jörg@bücher.example", "550 j\ufffdrg unknown", "550 <address> unknown"),
        ("jörg@bücher.example", "550 jo\u0308rg unknown", "550 <address> unknown"),
        ("550@example.com", "550 5.1.1 550 unknown", "550 5.1.1 <address> unknown"),
        ("address@example.com", "550 <eve@b.example> and address", "550 <address> and <address>"),
        ("x" * 64 + "@example.com", "550 " + "X" * 64, "550 <address>"),
        ("@", "550 unknown", "550 unknown"),
        ("...@...", "550 unknown...", "550 unknown..."),
        ("", "550 unknown", "550 unknown"),
    ],
)
def test_parts_of_a_known_address_are_left_out(recipient, text, left):
    """Of the recipient nothing is kept, alone or in another spelling; other words stay."""
    assert left == without_addresses(text, recipient)


_HOSTILE = [
    "a.",
    "<",
    "<<<<",
    "a@",
    '"',
    "<a ",
    "@",
    "a=b.",
    "=a.",
    "a%a.",
    " @",
    "a @ ",
    "a ",
    '\\"',
    "&#",
    "<@",
    "ada",
    "\ufffd",
    "(at)",
    "a(",
    " (at ",
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_time_does_not_grow_with_the_text(piece):
    """Sixteen times the text takes no sixteen times the time, however it is made."""
    recipient = "ada.ada.ada.ada@ada.ada.example"
    without_addresses("", recipient)
    short, long = (_seconds(piece * (size // len(piece)), recipient) for size in (2_048, 32_768))

    assert long < 8 * short


@pytest.mark.parametrize("piece", _HOSTILE)
def test_time_grows_no_faster_than_the_text(piece):
    """Nor does what is within the bound take more than in proportion: no pattern looks twice."""
    recipient = "ada.ada.ada.ada@ada.ada.example"
    without_addresses("", recipient)
    short, long = (_seconds(piece * (size // len(piece)), recipient) for size in (128, 2_048))

    # In proportion it is 16, by the square 256.
    assert long < 64 * short


def _seconds(text, recipient):
    """The least of several, which other work on the host disturbs least."""
    return min(timeit.repeat(lambda: without_addresses(text, recipient), number=1, repeat=7))


@pytest.mark.parametrize("filler", ["x ", "<eve@b.example> ", "x", '"', "<"])
@pytest.mark.parametrize(
    "address", ["ada@example.com", '"john smith"@example.com', "<ada@example.com>", "<ada @ example.com>"]
)
def test_no_address_is_cut_in_two(filler, address):
    """Where the text is cut off, half an address does not stay."""
    for size in range(2_020, 2_060):
        text = (filler * 2_060)[:size] + " " + address + " is gone"
        left = without_addresses(text)

        assert not re.search("ada|john|example.com", left)


@given(
    local=st.from_regex(r"[a-z0-9!#$&'*/=?^_`{|}~.-]{1,20}", fullmatch=True),
    domain=st.from_regex(r"[a-z]{3,10}\.(com|example)", fullmatch=True),
    form=st.sampled_from(
        ["<{}>", "{}", "<{}", "({})", "to={}", "user {} unknown", "<{}>:", "{},", '"{}"', "[{}]"]
    ),
)
def test_no_known_recipient_is_seen(local, domain, form):
    """Whatever an address is made of, it is not seen where it stands as a whole."""
    address = f"{local}@{domain}"
    left = without_addresses(f"no: {form.format(address)} is gone", address)

    assert address not in left
    assert domain not in left
