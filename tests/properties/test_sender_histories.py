import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from tests.unit.services.email_sender.world import FATES, SEND_SECONDS, VISIBILITY_SECONDS, World

_WORKERS = 3
_IDS = ("a", "b")


class Sender(RuleBasedStateMachine):
    """Two notifications, and everything that can happen to them, in any order."""

    resend = False

    def __init__(self) -> None:
        super().__init__()
        self.world = World(resend=self.resend)

    @initialize()
    def one_message(self):
        """Something has to be sent."""
        self.world.send("a", "first")

    @precondition(lambda self: sum(self.world.sent_in.values()) < 4)
    @rule(notification_id=st.sampled_from(_IDS), body=st.sampled_from(["first", "first", "other"]))
    def send(self, notification_id, body):
        """Another notification, a repeat of one, or a conflicting one."""
        self.world.send(notification_id, body)

    @precondition(lambda self: self.world.visible and len(self.world.processes) < _WORKERS)
    @rule(pick=st.integers(0, 5))
    def deliver(self, pick):
        """A worker receives a message, be it for the first time or not."""
        visible = self.world.visible
        self.world.receive(visible[pick % len(visible)])

    @precondition(lambda self: self.world.messages and len(self.world.processes) < _WORKERS)
    @rule(pick=st.integers(0, 5))
    def deliver_twice(self, pick):
        """SQS hands out a message that is hidden: it promises at least one delivery, not at most one."""
        names = list(self.world.messages)
        self.world.receive(names[pick % len(names)])

    @precondition(lambda self: self.world.visible and len(self.world.processes) < _WORKERS)
    @rule(
        fate=st.sampled_from(["well", *FATES["provider"]]), place=st.sampled_from(["ledger", "queue", "end"])
    )
    def live(self, fate, place):
        """A worker takes a message, hands its mail over, and dies or lets go; all others stand still."""
        self.world.receive(self.world.visible[0])
        process = self.world.processes[-1]
        process.go_to("provider")
        if not process.is_done:
            process.step(fate)
            process.go_to(place)
        if not process.is_done:
            process.crash()
        self.world.tidy()

    @precondition(lambda self: self.world.processes)
    @rule(pick=st.integers(0, _WORKERS), place=st.sampled_from([*FATES, "end"]))
    def work(self, pick, place):
        """A worker gets on with its message, up to a place or the end, and one step further."""
        process = self._at(pick, place)
        if not process.is_done:
            process.step("well")
        self.world.tidy()

    @precondition(lambda self: self.world.processes)
    @rule(pick=st.integers(0, _WORKERS), place=st.sampled_from(list(FATES)[:3]), luck=st.integers(0, 9))
    def fail(self, pick, place, luck):
        """A worker gets on, and then a step does not go well."""
        process = self._at(pick, place)
        if not process.is_done:
            process.step(FATES[place][luck % len(FATES[place])])
        self.world.tidy()

    @precondition(lambda self: self.world.processes)
    @rule(pick=st.integers(0, _WORKERS), sent=st.booleans())
    def outage(self, pick, sent):
        """The ledger refuses everything for longer than a lease, before the mail is handed over or after."""
        process = self._at(pick, "provider" if sent else "ledger")
        for _ in range(VISIBILITY_SECONDS):
            if process.is_done:
                break
            process.step("refused" if process.place == "ledger" else "well")
            self.world.advance(2)
        self.world.tidy()

    @precondition(lambda self: self.world.processes)
    @rule(pick=st.integers(0, _WORKERS), place=st.sampled_from(list(FATES)))
    def crash(self, pick, place):
        """A worker dies wherever it may be."""
        self._at(pick, place).crash()
        self.world.tidy()

    @precondition(lambda self: self.world.processes)
    @rule(pick=st.integers(0, _WORKERS), place=st.sampled_from(list(FATES)))
    def give_up(self, pick, place):
        """A worker's time after SIGTERM is over, wherever it may be."""
        self._at(pick, place).give_up()
        self.world.tidy()

    @rule(seconds=st.sampled_from([SEND_SECONDS, VISIBILITY_SECONDS - 1, VISIBILITY_SECONDS + 1]))
    def wait(self, seconds):
        """Time passes: visibility timeouts and leases run out."""
        self.world.advance(seconds)

    @invariant()
    def only_what_may_be_doubled_is(self):
        """In hold mode no mail is ever taken twice; else only where an unknown outcome was written."""
        for notification_id, bodies in self.world.taken.items():
            events = self.world.items[notification_id].events
            unknown = sum(event.event == "unknown" for event in events) if self.resend else 0
            assert len(bodies) <= 1 + unknown

    @invariant()
    def one_id_is_one_mail(self):
        """What says something else under the same id is never sent."""
        for bodies in self.world.taken.values():
            assert len(set(bodies)) <= 1

    @invariant()
    def nothing_is_lost(self):
        """What is not on the queue any more is sent, a dead letter, or a conflict with another mail."""
        waiting = {held["body"] for held in self.world.messages.values()}
        for notification_id, body in self.world.sent_in:
            if any(f'"id":"{notification_id}"' in text and f'"body":"{body}"' in text for text in waiting):
                continue
            item = self.world.items[notification_id]
            assert (
                item.state == "sent"
                or body in [letter for letter, _ in self.world.dead_letters[notification_id]]
                or item.fingerprint != body.encode().hex()
            )

    @invariant()
    def states_are_true(self):
        """What is sent was taken, what has failed was not, unless an unknown outcome was resent."""
        for notification_id, item in self.world.items.items():
            if item.state == "sent":
                assert self.world.taken[notification_id]
            if item.state == "failed" and not self.resend:
                assert not self.world.taken[notification_id]
            assert {item.fingerprint} >= {body.encode().hex() for body in self.world.taken[notification_id]}

    def teardown(self):
        """Once nothing fails any more, everything ends: sent, or a dead letter that says why not."""
        try:
            self.world.finish()
            for notification_id, _ in self.world.sent_in:
                item = self.world.items[notification_id]
                reasons = [reason for _, reason in self.world.dead_letters[notification_id]]
                if item.state == "sent":
                    continue
                assert item.state in {"failed", "unknown"}
                expected = "outcome unknown: " if item.state == "unknown" else ""
                assert any(reason.startswith(expected) for reason in reasons)
            self.only_what_may_be_doubled_is()
            self.one_id_is_one_mail()
            self.states_are_true()
        finally:
            self.world.close()

    def _at(self, pick, place):
        process = self.world.processes[pick % len(self.world.processes)]
        process.go_to(place)
        return process


class Resending(Sender):
    """The same with `UNKNOWN_OUTCOME=resend`."""

    resend = True


@pytest.mark.parametrize(("machine", "runs"), [(Sender, 350), (Resending, 150)])
def test_whatever_happens(machine, runs, monkeypatch):
    """No mail twice and none lost, whatever happens in whatever order."""
    monkeypatch.setattr("email_sender.sending.claiming._FIRST_PAUSE_SECONDS", 0)
    with capture_logs():
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=runs,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
