import pytest

from email_sender.ledger import LedgerUnavailableError
from email_sender.providers.protocol import PermanentError
from email_sender.sending.retry_policy import DeadLetter
from tests.unit.services.email_sender.sending.delivery.fakes import FakeSendRate, FakeSuppression, received


async def test_suppressed_recipient_gets_no_mail(make, provider, ledger, message):
    """A mail to an address on the list fails for good, without a token of the send rate."""
    suppression, rate = FakeSuppression(), FakeSendRate()
    suppression.addresses.add("ada@example.com")

    action = await make(suppression=suppression, send_rate=rate).deliver(received(message()))

    assert DeadLetter("the recipient is on the suppression list") == action
    assert [("failed", action.reason)] == ledger.endings
    assert ([], []) == (provider.mails, rate.asked)


@pytest.mark.parametrize(("dead", "listed"), [(True, {"ada@example.com"}), (False, set())])
async def test_dead_mailbox_is_remembered(make, provider, message, dead, listed):
    """Only a refusal that says that the mailbox does not exist puts an address on the list."""
    suppression = FakeSuppression()
    provider.error = PermanentError("550 5.1.1 no", dead_mailbox=dead)

    await make(suppression=suppression).deliver(received(message()))

    assert listed == suppression.addresses


async def test_list_that_cannot_be_written_changes_nothing(make, provider, message):
    """The mail has failed whether or not the address could be put on the list."""
    suppression = FakeSuppression()
    suppression.error = LedgerUnavailableError("down")
    provider.error = PermanentError("550 5.1.1 no", dead_mailbox=True)

    assert DeadLetter("550 5.1.1 no") == await make(suppression=suppression).deliver(received(message()))
    assert DeadLetter("550 5.1.1 no") == await make().deliver(received(message()))
