import pytest

from contract.text import single_line, xml_characters


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
    assert single_line("Grüße, Ἀλέξανδρος 🎉") == "Grüße, Ἀλέξανδρος 🎉"


def test_body_may_have_lines_and_tabs():
    """Line breaks and tabs are what a body is made of."""
    assert xml_characters("a\r\n\tb\n") == "a\r\n\tb\n"


def test_body_refuses_other_control_characters():
    """A control character would make SQS refuse the whole message."""
    with pytest.raises(ValueError, match="control characters"):
        xml_characters("a\x08b")
