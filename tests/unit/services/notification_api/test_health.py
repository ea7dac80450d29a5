from botocore.exceptions import EndpointConnectionError


async def test_alive_whatever_the_queue_does(client, fake_queue):
    """Liveness asks nothing of the queue: restarting a task would not mend it."""
    fake_queue.last_error = "down"

    assert 200 == (await client.get("/healthz")).status_code


async def test_ready(client):
    """A task whose queue confirms is ready."""
    assert 200 == (await client.get("/readyz")).status_code


async def test_queue_is_a_reason(client, fake_queue):
    """A person who asks why a task gets no requests reads the reason."""
    fake_queue.last_error = "Connection refused"

    response = await client.get("/readyz")

    assert (503, "5") == (response.status_code, response.headers["Retry-After"])
    assert "The queue is unavailable: Connection refused" == response.json()["detail"]


async def test_stale_keys_are_a_reason(client, secret, api_keys, now):
    """Keys that can no longer be read again are said, though the old ones work."""
    secret.error = EndpointConnectionError(endpoint_url="http://secretsmanager")
    now.time += 5
    await api_keys.find_new(f"Bearer team-a.{'x' * 43}")

    response = await client.get("/readyz")

    assert 503 == response.status_code
    assert response.json()["detail"].startswith("The API keys cannot be refreshed: Could not connect")


async def test_stopping_is_not_ready(client, stop):
    """After SIGTERM a task is alive but not ready."""
    stop.set()

    assert "The task is stopping." == (await client.get("/readyz")).json()["detail"]
    assert 200 == (await client.get("/healthz")).status_code
