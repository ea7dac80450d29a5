"""Bakes a candidate: looks at it minute by minute, for as many minutes as it takes to tell."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.bake.answer import Baked
from ops.bake.judge import Verdict
from ops.bake.mails import heartbeat
from ops.bake.metrics import MINUTE, Metric
from ops.bake.outputs import Deployed, deployed
from ops.bake.read import read
from ops.bake.requests import arrivals
from ops.bake.settled import settled
from ops.environment import Say

# Datapoints come up to three minutes late, so that a change may be four minutes younger than the newest.
_UNSETTLED = 4 * MINUTE
# The sender's figures come through its log. What is further behind the load balancer's does not come: no
# sender runs.
_BEHIND_REQUESTS = 10 * MINUTE
# Where newest datapoints are looked for: a rehearsal's time may be hours ahead of this machine's.
_BEHIND, _AHEAD = timedelta(hours=3), timedelta(days=2)
# Real minutes beyond the bake's own after which figures are not waited for any more.
_PATIENCE_MINUTES = 15


class Baking:
    """A bake of a certain length.

    Time is the time of the datapoints and not this machine's, so that a rehearsal may go faster.

    Args:
        session: boto3's, for the environment's region.
        minutes: How many minutes of figures are compared.
        say: Told of each look.
        poll_seconds: Real seconds between two looks.
    """

    def __init__(self, session: Any, minutes: int, say: Say, poll_seconds: float = 10.0) -> None:
        self._session = session
        self._minutes = minutes
        self._say = say
        self._poll_seconds = poll_seconds

    def __call__(self, outputs: Mapping[str, Any]) -> Baked:
        """Compare the candidate with the stable version until the end, or until it is plainly worse.

        Raises:
            OpsError: CloudWatch did not tell all of it.
            ClientError: AWS refuses.
            BotoCoreError: AWS does not answer.
        """
        candidate = deployed(outputs)
        until_real = time.monotonic() + 60 * (self._minutes + _PATIENCE_MINUTES)
        newest = _Newest(self._session, candidate)
        begin = self._first_after(newest.requests(), newest, until_real) + _UNSETTLED
        end = begin + self._minutes * MINUTE
        looked = begin
        while (until := settled(newest.requests())) < end and time.monotonic() < until_real:
            if until > looked:
                looked = until
                baked = Baked.of(read(self._session, candidate, begin, until), early=self._minutes)
                self._say(f"baking: {(until - begin) // MINUTE} of {self._minutes} minutes")
                if baked.verdict is Verdict.FAIL:
                    return baked
            time.sleep(self._poll_seconds)
        while newest.mails_come(end) and time.monotonic() < until_real:
            time.sleep(self._poll_seconds)
        return Baked.of(read(self._session, candidate, begin, min(max(until, begin), end)))

    def _first_after(self, known: datetime, newest: "_Newest", until_real: float) -> datetime:
        """End of the first minute that comes after one that was there already.

        A minute that was there may be of hours ago, when nothing has been asked since.
        """
        while (come := newest.requests()) <= known and time.monotonic() < until_real:
            time.sleep(self._poll_seconds)
        return come


class _Newest:
    """Newest datapoints of both services.

    Args:
        session: boto3's.
        candidate: Names of both.
    """

    def __init__(self, session: Any, candidate: Deployed) -> None:
        self._cloudwatch = session.client("cloudwatch")
        self._arrivals = arrivals(session.client("elbv2"), candidate.api)
        self._heartbeat = None if candidate.sender is None else heartbeat(candidate.sender)

    def requests(self) -> datetime:
        """End of the newest minute with requests."""
        return self._of(self._arrivals)

    def mails_come(self, end: datetime) -> bool:
        """Whether figures of mails before an instant are still to come."""
        if self._heartbeat is None:
            return False
        newest = self._of(self._heartbeat)
        return settled(newest) < end and newest + _BEHIND_REQUESTS > self.requests()

    def _of(self, metric: Metric) -> datetime:
        """End of the newest minute that has a figure; this minute if none has."""
        real = datetime.now(UTC).replace(second=0, microsecond=0)
        answer = self._cloudwatch.get_metric_data(
            MetricDataQueries=[metric.asked("newest", MINUTE)],
            StartTime=real - _BEHIND,
            EndTime=real + _AHEAD,
            ScanBy="TimestampDescending",
            MaxDatapoints=1,
        )
        found = answer["MetricDataResults"][0]["Timestamps"]
        return max(found) + MINUTE if found else real
