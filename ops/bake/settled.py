"""Minutes of which CloudWatch has all figures."""

from datetime import UTC, datetime, timedelta

# AWS documents no lag: datapoints of the load balancer are there two to four minutes after their minute began
# (https://repost.aws/questions/QU3sXoMuWFRTiBI-EX7H2LCA), and one metric's may come before another's.
_UNSETTLED = timedelta(minutes=2)


def settled(newest: datetime) -> datetime:
    """End of the newest minute whose figures are complete.

    Args:
        newest: End of the newest minute that may have any, by the clock of the datapoints.
    """
    return newest.astimezone(UTC).replace(second=0, microsecond=0) - _UNSETTLED
