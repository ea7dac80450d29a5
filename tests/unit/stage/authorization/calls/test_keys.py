import base64
import json

import pytest

from stage.authorization.calls.call import Call
from stage.authorization.calls.keys import key
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

CLAIMS = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "sub": "repo:a/b"}
TOKEN = f"head.{base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).decode().rstrip('=')}.signature"
ISSUER = "token.actions.githubusercontent.com"


def values(name, spec, parameters):
    """Condition keys that a row has for parameters."""
    found = key(name, spec, "ecs", {}).values(Call("any", "Any", parameters, REGION, ACCOUNT), Things())
    return dict(found)


@pytest.mark.parametrize(
    ("name", "spec", "parameters", "expected"),
    [
        ("iam:PolicyARN", "Arn", {"Arn": "a"}, {"iam:PolicyARN": "a"}),
        ("iam:PolicyARN", "Arn", {}, {}),
        ("ses:Recipients", "To", {"To": ["a", "b"]}, {"ses:Recipients": ["a", "b"]}),
        (
            "ses:FromAddress",
            {"as": "address", "of": "From"},
            {"From": "Us <us@example.com>"},
            {"ses:FromAddress": "us@example.com"},
        ),
        (
            "route53:ChangeResourceRecordSetsNormalizedRecordNames",
            {"as": "record_name", "of": "Name"},
            {"Name": "WWW.example.com."},
            {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["www.example.com"]},
        ),
        (
            "ecs:cluster",
            {"about": {"cluster": "cluster || 'default'"}},
            {},
            {"ecs:cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/default"},
        ),
        (
            "kms:EncryptionContext:*",
            "Context",
            {"Context": {"a": "b"}},
            {"kms:EncryptionContext:a": "b"},
        ),
        ("kms:EncryptionContext:*", "Context", {}, {}),
        (
            "*",
            {"as": "claims", "of": "Token"},
            {"Token": TOKEN},
            {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": "repo:a/b"},
        ),
        ("*", {"as": "claims", "of": "Token"}, {"Token": "nonsense"}, {}),
        ("*", {"as": "claims", "of": "Token"}, {"Token": "a.!.c"}, {}),
    ],
)
def test_a_key_has_its_value_from_the_parameters(name, spec, parameters, expected):
    """A key that may have several has a list."""
    assert expected == values(name, spec, parameters)
