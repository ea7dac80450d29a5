from botocore.exceptions import EndpointConnectionError


async def test_alive_whatever_the_queue_does(client, fake_queue):
    """Liveness asks nothing of the queue: restarting a task would not mend it."""
    fake_queue.last_error = "down"

    assert (await client.get("/healthz")).status_code == 200


async def test_ready(client):
    """A task whose queue confirms is ready."""
    assert (await client.get("/readyz")).status_code == 200


async def test_queue_is_a_reason(client, fake_queue):
    """A person who asks why a task gets no requests reads the reason."""
    fake_queue.last_error = "Connection refused"

    response = await client.get("/readyz")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["detail"] == "The queue is unavailable: Connection refused"


async def test_stale_keys_are_a_reason(client, secret, api_keys, now):
    """Keys that can no longer be read again are said, though the old ones work."""
    secret.error = EndpointConnectionError(endpoint_url="http://secretsmanager")
    now.time += 5
    await api_keys.find_new(f"Bearer team-a.{'x' * 43}")

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["detail"].startswith("The API keys are no longer fresh: Could not connect")


async def test_stopping_is_not_ready(client, stop):
    """After SIGTERM a task is alive but not ready."""
    stop.set()

    assert (await client.get("/readyz")).json()["detail"] == "The task is stopping."
    assert (await client.get("/healthz")).status_code == 200
