import asyncio

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from structlog.testing import capture_logs

from notification_api.api_keys import MAX_AGE_SECONDS, ApiKeys, StaleKeysError, secret_reader
from shared.process import StartupError
from tests.waiting import SOON

from .conftest import KEY, OTHER_KEY, key_entry

_NEW_KEY = "n" * 43
_DOWN = EndpointConnectionError(endpoint_url="http://secretsmanager")


def _keys(secret, **parts):
    return ApiKeys(secret.read, secret="api-keys", every_seconds=60, **parts)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_finds_the_client_of_a_header(api_keys, scheme):
    """A header of the form that the description shows is somebody's."""
    assert "team-a" == api_keys.find(f"{scheme} team-a.{KEY}").id


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        f"team-a.{KEY}",
        f"Basic team-a.{KEY}",
        f"Bearer {KEY}",
        f"Bearer team-a.{KEY} ",
        f"Bearer team-a.{KEY},Bearer team-a.{KEY}",
        "Bearer team-a.\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9",
        f"Bearer team-a.{'k' * 257}",
    ],
)
async def test_header_of_another_form_is_nobodys(api_keys, secret, header):
    """What cannot be a key is refused without a look into the secret."""
    assert None is api_keys.find(header)
    assert None is await api_keys.find_new(header)
    assert 1 == secret.reads


async def test_new_key_works_at_once(api_keys, secret, now):
    """A key that was added after the last read is found by reading again, and the old one still works."""
    secret.clients[0] = key_entry("team-a", KEY, _NEW_KEY)
    now.time += 5

    assert None is api_keys.find(f"Bearer team-a.{_NEW_KEY}")
    assert "team-a" == (await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")).id
    assert "team-a" == api_keys.find(f"Bearer team-a.{KEY}").id


async def test_unknown_keys_do_not_flood_secrets_manager(api_keys, secret, now):
    """However many unknown keys come, the secret is read once in a few seconds."""
    now.time += 5
    await asyncio.gather(*(api_keys.find_new(f"Bearer team-a.{_NEW_KEY}") for _ in range(50)))
    now.time += 4.9
    await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")
    assert 2 == secret.reads

    now.time += 0.1
    await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")
    assert 3 == secret.reads


async def test_last_good_keys_stay(api_keys, secret, now):
    """While the secret cannot be read, or says nonsense, whoever was known is known."""
    for text, error in (("", _DOWN), ("nonsense", None)):
        secret.error, secret.id_key = error, text
        now.time += 5
        assert None is await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")
        assert api_keys.outage.last_error is not None
        assert "team-b" == api_keys.find(f"Bearer team-b.{OTHER_KEY}").id


async def test_outage_is_two_lines(api_keys, secret, now):
    """However often reading fails, the log has one line for the beginning and one for the end."""
    with capture_logs() as logs:
        for error in (_DOWN, _DOWN, _DOWN, None, None):
            secret.error = error
            now.time += 5
            await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")

    assert ["api_keys_unavailable", "api_keys_available"] == [line["event"] for line in logs]
    assert "api-keys" == logs[0]["secret"]
    assert api_keys.outage.last_error is None


async def test_reads_again_at_an_interval(secret, eventually):
    """A key that was taken out stops working without a request for it."""
    keys = ApiKeys(secret.read, secret="api-keys", every_seconds=0.01)
    await keys.load(asyncio.Event())

    @eventually
    async def gone():
        assert None is keys.find(f"Bearer team-a.{KEY}")

    async with keys.kept_fresh():
        secret.clients.pop(0)
        await gone()
    # Nothing goes on reading afterwards.
    assert {asyncio.current_task()} == asyncio.all_tasks()


async def test_tries_again_at_start(secret, eventually):
    """A secret that cannot be read at first is read again."""
    secret.error = _DOWN
    keys = _keys(secret)
    loading = asyncio.create_task(keys.load(asyncio.Event()))

    @eventually
    async def tried():
        assert 1 == secret.reads

    await tried()
    secret.error = None

    assert await asyncio.wait_for(loading, SOON)
    assert "team-a" == keys.find(f"Bearer team-a.{KEY}").id


async def test_gives_up_at_start_with_what_to_do(secret):
    """When the budget is spent the error names the setting, the secret, the permission and the cause."""
    secret.error = _DOWN

    with pytest.raises(
        StartupError, match=r"API_KEYS_SECRET.*'api-keys'.*secretsmanager:GetSecretValue.*Could not connect"
    ):
        await _keys(secret).load(asyncio.Event(), budget_seconds=0)


async def test_stops_when_told_to(secret, eventually):
    """SIGTERM during the attempts ends them at once."""
    secret.error = _DOWN
    stop = asyncio.Event()
    loading = asyncio.create_task(_keys(secret).load(stop))

    @eventually
    async def tried():
        assert 1 == secret.reads

    await tried()
    stop.set()

    assert not await asyncio.wait_for(loading, SOON)


_BROKEN = [
    TypeError("secret"),
    KeyError("SecretString"),
    ZeroDivisionError("secret"),
    UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"),
    RecursionError("secret"),
    TimeoutError("secret"),
]


@pytest.mark.parametrize("error", _BROKEN, ids=[type(error).__name__ for error in _BROKEN])
async def test_no_error_ends_the_reading(secret, error, eventually):
    """Whatever goes wrong while the keys are read is told, without what it says, and reading goes on."""
    keys = ApiKeys(secret.read, secret="api-keys", every_seconds=0.005)
    await keys.load(asyncio.Event())
    secret.error = error

    @eventually
    async def in_trouble():
        assert secret.reads >= 4
        assert keys.outage.last_error == f"unexpected {type(error).__name__}"

    @eventually
    async def well():
        assert keys.outage.last_error is None

    with capture_logs() as logs:
        async with keys.kept_fresh():
            await in_trouble()
            secret.error = None
            await well()

    assert ["api_keys_unavailable", "api_keys_available"] == [line["event"] for line in logs]
    assert "secret" not in logs[0]["reason"]


@pytest.mark.parametrize("text", [None, 7, b"{", "null", "[]", "7", '{"clients": 7}', "[" * 10_000, "NaN"])
async def test_secret_of_another_kind(secret, now, text):
    """A secret that holds anything else is trouble like any other, at the start and later."""

    async def read():
        return text

    keys = ApiKeys(read, secret="api-keys", every_seconds=60, now=now)
    with pytest.raises(StartupError):
        await keys.load(asyncio.Event(), budget_seconds=0)

    assert keys.outage.last_error is not None


async def test_revoked_key_is_not_good_for_ever(api_keys, secret, now):
    """Keys that were not read again for too long are good no more, and are again once they are read."""
    secret.error = _DOWN
    now.time += MAX_AGE_SECONDS
    assert "team-a" == api_keys.find(f"Bearer team-a.{KEY}").id

    now.time += 1
    assert None is api_keys.find(f"Bearer team-a.{KEY}")
    with pytest.raises(StaleKeysError):
        await api_keys.find_new(f"Bearer team-a.{KEY}")
    assert None is await api_keys.find_new("Bearer nonsense")

    secret.error = None
    secret.clients.pop(0)
    now.time += 5
    assert "team-b" == (await api_keys.find_new(f"Bearer team-b.{OTHER_KEY}")).id
    assert None is api_keys.find(f"Bearer team-a.{KEY}")


_REGION = "eu-central-1"


@pytest.mark.usefixtures("aws")
async def test_reads_the_current_value():
    """Every read gives what the secret holds at that time."""
    api = boto3.client("secretsmanager", region_name=_REGION)
    api.create_secret(Name="api-keys-current", SecretString="first")

    async with secret_reader("api-keys-current", region=_REGION) as read:
        assert "first" == await read()
        api.put_secret_value(SecretId="api-keys-current", SecretString="second")
        assert "second" == await read()
    api.close()


@pytest.mark.usefixtures("aws")
async def test_binary_secret_has_no_text():
    """A secret that is no text is an empty one, which says nobody's key."""
    api = boto3.client("secretsmanager", region_name=_REGION)
    api.create_secret(Name="api-keys-binary", SecretBinary=b"bytes")
    api.close()

    async with secret_reader("api-keys-binary", region=_REGION) as read:
        assert "" == await read()


@pytest.mark.usefixtures("aws")
async def test_missing_secret_is_an_error():
    """A secret that does not exist raises what Secrets Manager says."""
    async with secret_reader("api-keys-missing", region=_REGION) as read:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await read()
