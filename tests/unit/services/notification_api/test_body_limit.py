async def test_body_larger_than_any_message(client):
    """A declared body that could never be a message is refused before it is read."""
    response = await client.post("/v1/notifications", content=b" " * (1024 * 1024 + 1))

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


async def test_undeclared_body_larger_than_any_message(client):
    """A body in chunks is counted while it is read."""

    async def chunks():
        for _ in range(20):
            yield b" " * 65536

    response = await client.post(
        "/v1/notifications", content=chunks(), headers={"content-type": "application/json"}
    )

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
