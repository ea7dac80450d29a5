import base64
import json

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sts.models import sts_backends

from stage.control_plane.extensions.sts import Limits

ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/r"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_SAML = f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">
<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:AttributeStatement>
<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">
<saml:AttributeValue>{ROLE},arn:aws:iam::{DEFAULT_ACCOUNT_ID}:saml-provider/p</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">
<saml:AttributeValue>load</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion></samlp:Response>"""


def limits(answer):
    """Policies that are known of the session that an answer begins."""
    return sts_backends[DEFAULT_ACCOUNT_ID]["aws"].limits.get(answer["Credentials"]["AccessKeyId"])


@pytest.mark.parametrize(
    ("passed", "known"),
    [
        ({"Policy": POLICY}, Limits(POLICY, ())),
        ({"PolicyArns": [{"arn": ARN}]}, Limits("", (ARN,))),
        ({"Policy": POLICY, "PolicyArns": [{"arn": ARN}]}, Limits(POLICY, (ARN,))),
        ({}, None),
    ],
)
def test_policies_that_a_session_is_begun_with_are_known(client, passed, known):
    """The one that is written out, and those of which the ARNs are given."""
    sts = client("sts")

    assert known == limits(sts.assume_role(RoleArn=ROLE, RoleSessionName="load", **passed))
    assert known == limits(
        sts.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="load", WebIdentityToken="t" * 4, **passed
        )
    )
    assert known == limits(
        sts.assume_role_with_saml(
            RoleArn=ROLE,
            PrincipalArn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:saml-provider/p",
            SAMLAssertion=base64.b64encode(_SAML.encode()).decode(),
            **passed,
        )
    )
