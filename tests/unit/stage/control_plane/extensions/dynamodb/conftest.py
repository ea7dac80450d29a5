import pytest


@pytest.fixture
def dynamodb(client):
    """DynamoDB as a task sees it."""
    return client("dynamodb")


@pytest.fixture
def table(dynamodb):
    """Name of a table as the ledger's is."""
    dynamodb.create_table(
        TableName="deliveries",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "deliveries"
