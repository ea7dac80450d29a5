import pytest

from email_sender.suppression.address import suppression_key, without_addresses


def test_address_does_not_stand_in_its_key():
    """The key is a digest of fixed length."""
    key = suppression_key("ada@example.com")

    assert key.startswith("suppressed/")
    assert len(key) == len("suppressed/") + 64
    assert "ada" not in key


def test_case_of_the_domain_does_not_matter_and_that_of_the_mailbox_does():
    """Domains are compared without regard to case; what stands before them belongs to their mail server."""
    assert suppression_key("Ada@example.com") == suppression_key(" Ada@EXAMPLE.com ")
    assert suppression_key("Ada@example.com") != suppression_key("ada@example.com")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5.1.1 <ada@example.com>: no such user", "5.1.1 <address>: no such user"),
        ("no mailbox here by that name: ada@example.com.", "no mailbox here by that name: <address>"),
        ('ada+x@a.example and "eve"@b.example', '<address> and "eve"@b.example'),
        ("mailbox unavailable", "mailbox unavailable"),
    ],
)
def test_addresses_are_left_out_of_a_text(text, left):
    """What a mail server repeats of a recipient is not kept."""
    assert without_addresses(text) == left
