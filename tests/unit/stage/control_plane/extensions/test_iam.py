import pytest


@pytest.fixture
def iam(client):
    """IAM."""
    return client("iam")


@pytest.fixture
def provider(iam):
    """ARN of an OpenID Connect provider with one audience."""
    return iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]


def client_ids(iam, provider):
    """Audiences of a provider."""
    return iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["ClientIDList"]


def test_a_client_id_is_added_once(iam, provider):
    """Adding it again changes nothing."""
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="other")

    assert ["sts.amazonaws.com", "other"] == client_ids(iam, provider)


def test_a_client_id_is_removed(iam, provider):
    """Removing what is not there is no error."""
    for client_id in ("sts.amazonaws.com", "lost"):
        iam.remove_client_id_from_open_id_connect_provider(
            OpenIDConnectProviderArn=provider, ClientID=client_id
        )

    assert [] == client_ids(iam, provider)
