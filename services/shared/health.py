"""Paths that the load balancer, the container health check and operators ask."""

HEALTH_PATH = "/healthz"
"""Liveness: 200 as long as the process answers, whatever its dependencies do."""

READY_PATH = "/readyz"
"""Readiness: 200, or 503 with the reason."""
