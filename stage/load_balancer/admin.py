"""Asks Envoy's admin interface for the health of endpoints and for response counts."""

import http.client
import json
import re
from collections import Counter, defaultdict
from typing import Any

from common.budget import budget
from stage.load_balancer.envoy_config import BARRIER, COUNTER_PREFIX
from stage.load_balancer.model import Endpoint, EndpointHealth, GroupCounts, RequestCounts

# Envoy answers in milliseconds, unless the machine lets neither it nor us run.
_TIMEOUT_SECONDS = 10.0
_COUNTER = re.compile(
    rf"^{COUNTER_PREFIX}\.response"
    r"\.group\.(?P<group>.*)\.flags\.(?P<flags>[^.]+)\.code\.(?P<code>\d+)\.ms\.(?P<ms>[^.]*): (?P<n>\d+)$"
)
_NONE = "-"
# A request that got no route has no target group; Envoy leaves the tag's value out or writes a dash.
_NO_GROUP = {"", _NONE}
# No target was chosen: none healthy, the group not known yet, or no route.
_NO_TARGET = {"UH", "NC", "NR"}
_CLIENT_LEFT = "DC"
_SERVER_ERROR = 500


class Admin:
    """Client of one Envoy's admin interface.

    Raises:
        OSError: From every method, when Envoy does not answer.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._barrier: int | None = None

    def ready(self) -> bool:
        """Whether Envoy has taken its first configuration."""
        return self._get("/ready").strip() == "LIVE"

    def endpoints(self) -> dict[Endpoint, EndpointHealth]:
        """Health of every endpoint that Envoy knows."""
        return parse_endpoints(json.loads(self._get("/clusters?format=json")))

    def knows(self, address: str) -> bool:
        """Whether any target group still has an endpoint at a real address."""
        return any(endpoint.address == address for endpoint in self.endpoints())

    def pass_through_worker(self) -> None:
        """Have the thread that routes requests answer one.

        Changes reach that thread in the order in which Envoy's main thread takes them, so that
        afterwards it goes by all that the admin interface said before.
        """
        if self._barrier is None:
            listeners = json.loads(self._get("/listeners?format=json"))
            self._barrier = _port_of(listeners, BARRIER)
        _get(self._host, self._barrier, "/")

    def request_counts(self, load_balancer: str | None) -> RequestCounts:
        """Totals since Envoy started."""
        return parse_counts(self._get(f"/stats?filter=^{COUNTER_PREFIX}%5C."), load_balancer)

    def refused_updates(self) -> int:
        """Number of configurations that Envoy has refused since it started, keeping the one before."""
        return parse_refusals(self._get("/stats?filter=%5C.update_(rejected|failure)$"))

    def _get(self, path: str) -> str:
        return _get(self._host, self._port, path)


def _get(host: str, port: int, path: str) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=budget(_TIMEOUT_SECONDS))
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(f"Envoy broke off at {host}:{port}{path}") from error
    finally:
        connection.close()


def _port_of(listeners: dict[str, Any], name: str) -> int:
    """Reads `/listeners?format=json`.

    Raises:
        ConnectionError: There is no such listener (yet).
    """
    for one in listeners.get("listener_statuses", []):
        if one["name"] == name:
            return int(one["local_address"]["socket_address"]["port_value"])
    raise ConnectionError(f"Envoy does not listen for {name} yet")


def parse_endpoints(clusters: dict[str, Any]) -> dict[Endpoint, EndpointHealth]:
    """Reads `/clusters?format=json`, where a flag that is false is left out."""
    found = {}
    for cluster in clusters.get("cluster_statuses", []):
        for host in cluster.get("host_statuses", []):
            address, health = host["address"]["socket_address"], host.get("health_status", {})
            endpoint = Endpoint(cluster["name"], address["address"], address["port_value"])
            found[endpoint] = EndpointHealth(
                pending=health.get("pending_active_hc", False),
                failed=health.get("failed_active_health_check", False),
                timed_out=health.get("active_hc_timeout", False),
            )
    return found


def parse_counts(stats: str, load_balancer: str | None) -> RequestCounts:
    """Reads the response counters from `/stats`."""
    requests: Counter[str] = Counter()
    target_5xx: Counter[str] = Counter()
    response_times: dict[str, Counter[float]] = defaultdict(Counter)
    elb_5xx = 0
    for found in filter(None, map(_COUNTER.match, stats.splitlines())):
        group, count, flags = found["group"], int(found["n"]), set(found["flags"].split(","))
        chosen = group not in _NO_GROUP and not flags & _NO_TARGET
        from_target = chosen and flags <= {_NONE, _CLIENT_LEFT}
        requests[group] += count if chosen else 0
        if found["ms"].isdecimal():
            # Envoy rounds down.
            response_times[group][(int(found["ms"]) + 0.5) / 1000] += count
        if int(found["code"]) >= _SERVER_ERROR:
            target_5xx[group] += count if from_target else 0
            elb_5xx += 0 if from_target else count
    groups = {
        group: GroupCounts(requests[group], target_5xx[group], response_times[group])
        for group in sorted(requests.keys() - _NO_GROUP)
    }
    return RequestCounts(load_balancer, requests.total(), target_5xx.total(), elb_5xx, groups)


def parse_refusals(stats: str) -> int:
    """Sums the counters of refused listeners, routes, clusters and endpoints in `/stats`."""
    return sum(int(line.rpartition(": ")[2]) for line in stats.splitlines())
