import boto3
import pytest
from botocore.exceptions import ClientError

from notification_api.secret_reader import secret_reader

pytestmark = pytest.mark.usefixtures("aws")

_REGION = "eu-central-1"


async def test_reads_the_current_value():
    """Every read gives what the secret holds at that time."""
    api = boto3.client("secretsmanager", region_name=_REGION)
    api.create_secret(Name="api-keys-current", SecretString="first")

    async with secret_reader("api-keys-current", region=_REGION) as read:
        assert "first" == await read()
        api.put_secret_value(SecretId="api-keys-current", SecretString="second")
        assert "second" == await read()
    api.close()


async def test_binary_secret_has_no_text():
    """A secret that is no text is an empty one, which says nobody's key."""
    api = boto3.client("secretsmanager", region_name=_REGION)
    api.create_secret(Name="api-keys-binary", SecretBinary=b"bytes")
    api.close()

    async with secret_reader("api-keys-binary", region=_REGION) as read:
        assert "" == await read()


async def test_missing_secret_is_an_error():
    """A secret that does not exist raises what Secrets Manager says."""
    async with secret_reader("api-keys-missing", region=_REGION) as read:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await read()
