"""Whether tasks keep idle connections longer than their load balancer does."""

from verify.record import ScenarioRecord
from verify.verdict.check import Basis, Check, judged


def keep_alive_outlasts(record: ScenarioRecord) -> Check:
    """No task closes a connection that its load balancer may still send a request over.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    """
    timeout = record.idle_timeout_seconds
    expectation = f"no task closes an idle connection before the load balancer would, after {timeout:.0f} s"
    connections = record.idle_connections
    if connections is None:
        return Check("keep_alive_outlasts", "pass", "no task can be reached from here", expectation)
    early = [one for one in connections if one.ended and one.seconds <= timeout]
    longest = max((one.seconds for one in connections), default=0.0)
    problems = [f"{one.address} closed one after {one.seconds:.0f} s" for one in early]
    if not connections:
        problems.append("no connection was watched")
    return judged(
        "keep_alive_outlasts",
        expectation,
        f"{len(connections)} idle connections watched, for {longest:.0f} s at most",
        problems,
        basis=Basis.DECISIONS,
    )
