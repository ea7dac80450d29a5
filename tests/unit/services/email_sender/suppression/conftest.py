import pytest

from email_sender.ledger.client import dynamodb_client


@pytest.fixture
async def client(aws):
    """A DynamoDB client of moto."""
    async with dynamodb_client(region="eu-central-1", connections=4) as client:
        yield client
