import asyncio

import pytest

from email_sender.providers.protocol import ThrottledError, TransientError, UnavailableError, UncertainError
from tests.properties.outages.stage import (
    MAILS_A_SECOND,
    MINUTE,
    TASKS,
    most_in_a_second,
    outage,
    play,
    raising,
)

_BEFORE_SECONDS = 20
_AFTER_SECONDS = 40
_SOON_AFTER_SECONDS = 5 * MINUTE
# What one slow start sends before it doubles: one mail at a time, each as long as the provider takes.
_FIRST_SECOND = 2 * MAILS_A_SECOND


async def _throughout(stage, seconds, **changes):
    """Mails come at their usual rate before, during and after an outage of the provider."""
    stage.start_tasks()
    load = asyncio.create_task(stage.load(_BEFORE_SECONDS + seconds + _AFTER_SECONDS))
    await asyncio.sleep(_BEFORE_SECONDS)
    stage.down_at = stage.now()
    with outage(stage.provider, **changes):
        await asyncio.sleep(seconds)
    stage.back_at = stage.now()
    await load
    stage.took = await stage.all_done(_SOON_AFTER_SECONDS)
    await stage.stop_tasks()


def _down(error):
    return {"script": raising(error), "probe_script": raising(error)}


async def _hang(*_):
    """Nobody answers; the provider's own limit ends it."""
    await asyncio.sleep(30)
    raise UnavailableError("no answer to EHLO within 30 s")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(_down(UnavailableError("connection refused")), id="refused, or sending paused"),
        pytest.param({"script": _hang, "probe_script": _hang}, id="black hole"),
        pytest.param({"script": raising(UnavailableError("550 5.7.1 MAIL FROM"))}, id="MAIL FROM"),
        pytest.param({"script": raising(ThrottledError("Daily message quota exceeded"))}, id="quota"),
    ],
)
def test_provider_is_down_for_a_quarter_of_an_hour(changes):
    """No mail is lost, doubled or given up, the provider is left in peace, and recovery is no herd."""
    stage = play(lambda stage: _throughout(stage, 15 * MINUTE, **changes))

    stage.check_each_sent_once()
    assert _SOON_AFTER_SECONDS > stage.took
    # What is in flight when it begins, and then what each probe that goes well lets through.
    tries = stage.calls_within(stage.down_at + MINUTE, 14 * MINUTE)
    assert MAILS_A_SECOND * MINUTE / 2 > tries
    during = [probe for probe in stage.provider.probes if stage.down_at <= probe < stage.back_at]
    assert TASKS * 15 * MINUTE / 15 >= len(during) >= TASKS * 10
    first = min(call for call in stage.provider.calls if call >= stage.back_at)
    assert _FIRST_SECOND >= stage.calls_within(first, 1)
    # A task whose start is slow sends no more than twice as much in each second than in the one before.
    assert 8 * _FIRST_SECOND >= stage.calls_within(first, 3)


@pytest.mark.parametrize("seconds", [1, 5, 30])
def test_short_outage(seconds):
    """An outage that is over before anybody looks costs no mail more than its length and a little."""
    stage = play(lambda stage: _throughout(stage, seconds, **_down(UnavailableError("connection refused"))))

    stage.check_each_sent_once()
    assert MINUTE > stage.took


def test_outage_is_told_once():
    """The log has begin and end for each task, and readiness the reason, for as long as it is so."""

    async def scenario(stage):
        looks = []

        async def look():
            await asyncio.sleep(_BEFORE_SECONDS + 30)
            looks.append({gate.last_error for gate in stage.gates})

        looking = asyncio.create_task(look())
        await _throughout(stage, MINUTE, **_down(UnavailableError("421 down")))
        await looking
        stage.looks = [*looks, {gate.last_error for gate in stage.gates}]

    stage = play(scenario)

    assert [{"421 down"}, {None}] == stage.looks
    for event in ("provider_unavailable", "provider_available"):
        assert TASKS == sum(line["event"] == event for line in stage.logs)


def test_tasks_probe_apart():
    """Tasks that notice an outage together do not go on doing everything together."""

    async def scenario(stage):
        stage.start_tasks(20)
        with outage(stage.provider, **_down(UnavailableError("connection refused"))):
            await stage.load(10 * MINUTE)
        stage.probes = [probe for probe in stage.provider.probes if probe > stage.now() - 5 * MINUTE]

    stage = play(scenario)

    assert 20 * 5 * MINUTE / 15 >= len(stage.probes) >= 20 * 5 * MINUTE / 30 - 20
    assert most_in_a_second(stage.probes) <= 20 / 2


def test_throttling_slows_down_before_it_stops():
    """A provider that takes half of what comes gets about what it takes, and every mail in the end."""
    limit = MAILS_A_SECOND // 2

    async def scenario(stage):
        async def at_most(_):
            if sum(moment > stage.now() - 1 for moment in stage.provider.taken_at[-limit:]) >= limit:
                await asyncio.sleep(0.01)
                raise ThrottledError("Maximum sending rate exceeded")

        await _throughout(stage, 3 * MINUTE, script=at_most)

    stage = play(scenario)

    stage.check_each_sent_once()
    # Each task asks with a few more than are taken, and not with all that it has.
    assert 4 * limit * 3 * MINUTE > stage.calls_within(stage.down_at, 3 * MINUTE)
    taken = sum(stage.down_at <= moment < stage.back_at for moment in stage.provider.taken_at)
    assert taken > limit * 3 * MINUTE * 0.8
    assert "provider_unavailable" not in {line["event"] for line in stage.logs}


def test_relay_that_comes_and_goes():
    """Up for five seconds, down for five: no mail is given up for it."""

    async def scenario(stage):
        async def flap(*_):
            if int(stage.now()) % 10 >= 5:
                await asyncio.sleep(0.01)
                raise UnavailableError("connection refused")

        await _throughout(stage, 4 * MINUTE, script=flap, probe_script=flap)

    stage = play(scenario)

    stage.check_each_sent_once()
    taken = [moment for moment in stage.provider.taken_at if stage.down_at <= moment < stage.back_at]
    # It is up half of the time, of which finding that out and a slow start take a part.
    assert len(taken) > MAILS_A_SECOND * 4 * MINUTE / 4


def test_one_poisoned_mail_stops_no_other():
    """A mail that is refused as if none were taken is given up after hours; the others do not notice."""

    async def scenario(stage):
        async def poisoned(mail):
            if mail.notification_id == "poison":
                raise UnavailableError("421 4.3.0 try again")

        stage.provider.script = poisoned
        stage.start_tasks()
        stage.accept("poison")
        await stage.load(5 * 3600, rate=0.2)
        stage.took = await stage.all_done(MINUTE)
        await stage.stop_tasks()

    stage = play(scenario)

    stage.accepted.remove("poison")
    [letter] = stage.sqs.queues["dead"].messages.values()
    reason = letter["attributes"]["reason"]["StringValue"]
    assert reason.startswith("gave up after")
    assert "while other mails were taken: 421 4.3.0 try again" in reason
    stage.sqs.queues["dead"].messages.clear()
    stage.check_each_sent_once()
    assert "provider_unavailable" not in {line["event"] for line in stage.logs}


def test_greylisting_for_ten_minutes():
    """A relay that wants every mail to come again later gets each of them again, and takes it."""

    async def scenario(stage):
        first = {}

        async def greylist(mail):
            if stage.now() < first.setdefault(mail.notification_id, stage.now()) + 10 * MINUTE:
                raise TransientError("451 4.7.1 greylisted")

        stage.provider.script = greylist
        stage.start_tasks()
        await stage.load(MINUTE)
        stage.took = await stage.all_done(30 * MINUTE)
        await stage.stop_tasks()

    stage = play(scenario)

    stage.check_each_sent_once()
    assert {"sent"} == {item.state for item in stage.table.items.values()}
    # Others are not kept from the relay by mails that wait.
    assert "provider_unavailable" not in {line["event"] for line in stage.logs}


def test_greylisting_after_an_outage_of_hours():
    """Time in which no mail could be sent is not time for which a mail has failed."""

    async def scenario(stage):
        first = {}

        async def greylist(mail):
            if stage.now() < first.setdefault(mail.notification_id, stage.now()) + 5 * MINUTE:
                raise TransientError("451 4.7.1 greylisted")

        stage.provider.script = greylist
        stage.start_tasks(1)
        await stage.load(MINUTE)
        with outage(stage.provider, **_down(UnavailableError("connection refused"))):
            await stage.load(6 * 3600, rate=0.02)
        # A relay remembers whom it has greylisted for as long as it likes.
        first.clear()
        stage.took = await stage.all_done(30 * MINUTE)
        await stage.stop_tasks()

    play(scenario).check_each_sent_once()


def test_relay_that_breaks_off_after_the_content():
    """What leaves each mail unknown goes on for a few mails, not for all of them."""

    async def scenario(stage):
        async def breaks_off(_):
            await asyncio.sleep(0.01)
            raise UncertainError("connection lost after DATA")

        await _throughout(stage, 5 * MINUTE, script=breaks_off)

    stage = play(scenario)

    unknown = [item for item in stage.table.items.values() if item.state == "unknown"]
    assert 5 * TASKS <= len(unknown) < MAILS_A_SECOND * 15
    sent = [item for item in stage.table.items.values() if item.state == "sent"]
    assert len(stage.accepted) == len(unknown) + len(sent)


def test_high_priority_does_not_wait_for_the_backlog():
    """While mails are taken one by one again, those of high priority are among the first."""

    async def scenario(stage):
        order = []

        async def note(mail):
            order.append(mail.notification_id.partition("-")[0])

        stage.start_tasks(1)
        with outage(stage.provider, **_down(UnavailableError("connection refused"))):
            await stage.load(MINUTE, rate=2, name="normal")
            await stage.load(MINUTE, rate=0.2, name="high", priority="high")
        stage.provider.script = note
        await stage.all_done(_SOON_AFTER_SECONDS)
        await stage.stop_tasks()
        stage.order = order

    stage = play(scenario)

    stage.check_each_sent_once()
    first = stage.order[: 2 * stage.order.count("high")]
    assert first.count("high") > len(first) / 4
    assert "high" in stage.order[:3]


@pytest.mark.parametrize("provider_is_down", [False, True])
def test_stopping_while_nothing_can_be_sent(provider_is_down):
    """SIGTERM in an outage waits for nothing: there is nothing in flight and nothing to be received."""

    async def scenario(stage):
        stage.start_tasks()
        load = asyncio.create_task(stage.load(MINUTE))
        changes = _down(UnavailableError("connection refused")) if provider_is_down else {}
        with outage(stage.provider, **changes):
            await load
            stage.stopping = await stage.stop_tasks()

    # An idle long poll is waited for a moment; here nobody polls.
    assert (play(scenario).stopping < 1) is provider_is_down


@pytest.mark.parametrize("minutes", [0.5, 15])
@pytest.mark.parametrize(("what", "callers"), [("sqs", 2 * TASKS), ("table", 50 * TASKS)])
def test_queue_or_ledger_is_down(what, callers, minutes):
    """An outage of SQS or DynamoDB loses, doubles and gives up no mail, and what comes after is no herd."""

    async def scenario(stage):
        down = getattr(stage, what)
        # Some are on their way whatever the moment.
        stage.provider.seconds = 0.5
        stage.start_tasks()
        load = asyncio.create_task(stage.load(_BEFORE_SECONDS + minutes * MINUTE + _AFTER_SECONDS))
        await asyncio.sleep(_BEFORE_SECONDS)
        with outage(down, is_down=True):
            stage.down_at = stage.now()
            await asyncio.sleep(minutes * MINUTE)
            stage.back_at = stage.now()
        await load
        stage.took = await stage.all_done(_SOON_AFTER_SECONDS)
        await stage.stop_tasks()
        stage.calls = down.calls

    stage = play(scenario)

    stage.check_each_sent_once()
    assert _SOON_AFTER_SECONDS > stage.took
    begun = stage.down_at + 20
    during = [call for call in stage.calls if begun <= call < stage.back_at]
    # Nobody hammers what is down, however long it is, and nobody forgets it either.
    assert callers * (stage.back_at - begun) / 6 > len(during) >= 1
    # What has waited begins bit by bit.
    busiest = most_in_a_second(stage.provider.calls, stage.back_at)
    assert busiest >= 2 * stage.calls_within(stage.back_at, 1)


def test_ledger_outage_longer_than_any_message_can_be_hidden():
    """After twelve hours SQS shows messages that are in flight to others; each mail is sent once for that."""

    async def scenario(stage):
        stage.start_tasks()
        await stage.load(10)
        load = asyncio.create_task(stage.load(MINUTE, rate=5))
        await asyncio.sleep(0)
        with outage(stage.table, is_down=True):
            await load
            for queue in stage.sqs.queues.values():
                # What SQS does to those that have been in flight for twelve hours.
                for name in list(queue.messages):
                    queue.hide(name, 0)
            await asyncio.sleep(5 * MINUTE)
        await stage.all_done(_SOON_AFTER_SECONDS)
        await stage.stop_tasks()

    stage = play(scenario)

    # A claim without confirmation that was shown to others is a dead letter as well: these could not know.
    stage.sqs.queues["dead"].messages.clear()
    stage.check_each_sent_once()
