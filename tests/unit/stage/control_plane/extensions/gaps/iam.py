"""Gaps of IAM."""

import json


def client_ids(aws):
    """One is added and another removed."""
    iam = aws("iam")
    provider = {
        "OpenIDConnectProviderArn": iam.create_open_id_connect_provider(
            Url="https://token.example.com", ClientIDList=["first"]
        )["OpenIDConnectProviderArn"]
    }
    iam.add_client_id_to_open_id_connect_provider(**provider, ClientID="second")
    iam.remove_client_id_from_open_id_connect_provider(**provider, ClientID="first")
    return ["second"] == iam.get_open_id_connect_provider(**provider)["ClientIDList"]


def boundary_of_user(aws):
    """A user is created with one, and shown with it."""
    iam = aws("iam")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policy = iam.create_policy(PolicyName="most", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    iam.create_user(UserName="u", PermissionsBoundary=policy)
    return policy == iam.get_user(UserName="u")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
