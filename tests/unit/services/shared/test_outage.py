from structlog.testing import capture_logs

from shared.outage import Outage


def test_an_outage_is_told_when_it_begins_and_when_it_ends():
    """However many calls fail meanwhile, and for whatever reasons, it is two lines."""
    outage = Outage("queue", queue="mail")

    with capture_logs() as logs:
        for reason in (None, "refused", "refused", "no answer", None, None, "again"):
            outage.note(reason)

    assert [
        {"event": "queue_unavailable", "log_level": "error", "queue": "mail", "reason": "refused"},
        {"event": "queue_available", "log_level": "info", "queue": "mail"},
        {"event": "queue_unavailable", "log_level": "error", "queue": "mail", "reason": "again"},
    ] == logs


def test_the_last_error_is_the_newest_reason():
    """Whoever asks is told why it does not work now, and nothing once it does."""
    outage = Outage("queue")
    before = outage.last_error
    outage.note("refused")
    outage.note("no answer")
    meanwhile = outage.last_error
    outage.note(None)

    assert (None, "no answer", None) == (before, meanwhile, outage.last_error)
