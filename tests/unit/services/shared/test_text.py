import pytest

from shared.text import display_name, https_url, single_line, xml_characters


@pytest.mark.parametrize(
    "char", ["\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\u2028", "\u2029"]
)
def test_single_line_refuses_every_line_break(char):
    """Everything that some software takes for the end of a line is refused."""
    with pytest.raises(ValueError, match="one line"):
        single_line(f"a{char}b")


def test_single_line_refuses_what_sqs_refuses():
    """A character that XML does not know is refused though it breaks no line."""
    with pytest.raises(ValueError, match="control characters"):
        single_line("a\uffffb")


def test_single_line_passes_words():
    """Text in any script passes unchanged."""
    assert "Grüße, Ἀλέξανδρος 🎉" == single_line("Grüße, Ἀλέξανδρος 🎉")


def test_body_may_have_lines_and_tabs():
    """Line breaks and tabs are what a body is made of."""
    assert "a\r\n\tb\n" == xml_characters("a\r\n\tb\n")


def test_body_refuses_other_control_characters():
    """A control character would make SQS refuse the whole message."""
    with pytest.raises(ValueError, match="control characters"):
        xml_characters("a\x08b")


@pytest.mark.parametrize("name", ["", " ", "\t", "\u3000", "Shop\r\nBcc: eve@example.com", "a\x7fb"])
def test_display_name_can_be_seen_and_adds_no_header(name):
    """A name is one line with something on it."""
    with pytest.raises(ValueError, match="must"):
        display_name(name)


def test_display_name_is_any_words():
    """A name in any script passes unchanged."""
    assert "Ada & Bücher, 本屋" == display_name("Ada & Bücher, 本屋")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/",
        "https://example.com:8443/u/1?token=a%2Cb&x=(1)",
        "https://example.com?u=1",
        "HTTPS://EXAMPLE.com/u",
        "https://xn--bcher-kva.example/u;v=1",
        "https://example.com/" + "u" * 848,
    ],
)
def test_https_url(url):
    """A URL that a header can carry passes unchanged."""
    assert url == https_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.com/u",
        "mailto:stop@example.com",
        "//example.com/u",
        "https:/example.com/u",
        "https://",
        "https:///u",
        "https://ada:secret@example.com/u",
        "https://bücher.example/u",
        "https://example.com/ü",
        "https://example.com/a b",
        "https://example.com/u>, <https://example.org/u",
        "https://example.com/u,https://example.org/u",
        "https://example.com/u\r\nBcc: eve@example.com",
        "https://example.com/u\n",
        " https://example.com/u",
        "https://example.com/u#there",
        "https://example.com/%zz",
        "https://example.com/100%",
        'https://example.com/"u"',
        "https://example.com/" + "u" * 849,
    ],
)
def test_no_https_url(url):
    """Anything else, a second URL or what could end a header is refused."""
    with pytest.raises(ValueError, match="must"):
        https_url(url)
