import pytest

from email_sender.suppression.dead_mailbox import is_dead_mailbox


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (550, "5.1.1 <ada@example.com>: Recipient address rejected: User unknown"),
        (550, "5.1.10 the domain takes no mail"),
        (551, "5.1.6 moved away"),
        (553, " 5.1.3 no such form of address"),
        (550, "5.1.2 no such host"),
    ],
)
def test_mailbox_that_does_not_exist(code, message):
    """A refusal whose enhanced status code is about the recipient's address is about a dead mailbox."""
    assert is_dead_mailbox(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (550, "User unknown"),
        (550, "5.7.1 we do not like you"),
        (550, "5.2.2 mailbox full"),
        (550, "5.1.8 your domain does not exist"),
        (550, "5.1.7 no such form of sender"),
        (550, "5.1.0 address rejected"),
        (550, "5.1.15 unheard of"),
        (554, "5.1.1 transaction failed"),
        (450, "4.1.1 not now"),
        (550, "relay said 5.1.1"),
    ],
)
def test_everything_else(code, message):
    """What may be our fault, or may pass, suppresses nobody."""
    assert not is_dead_mailbox(code, message)
