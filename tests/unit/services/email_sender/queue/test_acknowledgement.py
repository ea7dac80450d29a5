import pytest
from structlog.testing import capture_logs

from email_sender.queue.acknowledgement import acknowledge
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.retry_policy import DeadLetter, Delete, Leave, Redeliver
from shared.sqs.errors import BatcherFullError, EntryRefusedError, EntryTooLargeError, QueueUnavailableError


class Queues:
    """Both queues and the counter; each may fail."""

    def __init__(self) -> None:
        self.done = []
        self.errors = {}

    async def delete(self, _):
        self._do("delete")

    async def redeliver(self, _, after_seconds):
        self._do(f"redeliver {after_seconds}")

    async def put(self, _, reason):
        self._do(f"dead letter {reason}")

    def dead_letter(self):
        self._do("count")

    def _do(self, name):
        if (error := self.errors.get(name)) is not None:
            raise error
        self.done.append(name)


@pytest.fixture
def queues():
    """Queues that confirm everything."""
    return Queues()


async def _acknowledge(queues, action):
    await acknowledge(queues, queues, ReceivedMessage("m", "r", 1, ""), action, queues)


@pytest.mark.parametrize(
    ("action", "done"),
    [
        (Delete(), ["delete"]),
        (Redeliver(7), ["redeliver 7"]),
        (DeadLetter("why"), ["dead letter why", "count", "delete"]),
        (Leave(), []),
    ],
)
async def test_action_is_done(queues, action, done):
    """Each action is what it says; a dead letter is kept before the message is deleted."""
    await _acknowledge(queues, action)

    assert done == queues.done


@pytest.mark.parametrize(
    "error",
    [QueueUnavailableError("x"), EntryRefusedError("x"), EntryTooLargeError("x"), BatcherFullError("x")],
)
async def test_dead_letter_that_is_not_kept_is_not_deleted(queues, error):
    """Without a confirmation the message stays on its queue and comes back."""
    queues.errors["dead letter why"] = error

    with capture_logs() as logs:
        await _acknowledge(queues, DeadLetter("why"))

    assert [] == queues.done
    assert [("message_not_settled", "m", "DeadLetter", "x")] == [
        (line["event"], line["message_id"], line["action"], line["reason"]) for line in logs
    ]
