import json

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


@pytest.fixture
def policy(iam):
    """ARN of a managed policy."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return iam.create_policy(PolicyName="most", PolicyDocument=json.dumps(document))["Policy"]["Arn"]


def boundary(iam):
    """ARN of the boundary that the user is shown with."""
    return iam.get_user(UserName="u")["User"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")


def test_a_user_s_boundary_is_put_and_deleted(iam, policy):
    """Without one it is shown with none."""
    iam.create_user(UserName="u")
    before = boundary(iam)
    iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=policy)
    put = boundary(iam)
    iam.delete_user_permissions_boundary(UserName="u")

    assert (None, policy, None) == (before, put, boundary(iam))


def test_a_boundary_is_a_policy_that_is_there(iam, policy):
    """A user has to be there, too."""
    iam.create_user(UserName="u")

    for user, arn in (("u", policy + "-lost"), ("lost", policy)):
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=arn)
