"""Gaps of IAM."""


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
