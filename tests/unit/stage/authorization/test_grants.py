import pytest

from stage.authorization.grants import Grant, encryption_context
from stage.authorization.principals import Principal
from stage.authorization.request import Request

ROLE = "arn:aws:iam::111122223333:role/worker"
SESSION = Principal.of("arn:aws:sts::111122223333:assumed-role/worker/run", ROLE)
KEY = "arn:aws:kms:eu-west-1:111122223333:key/one"


def request(action="kms:Decrypt", principal=SESSION, **context):
    """A request about a key, with an encryption context."""
    return Request(
        principal,
        action,
        KEY,
        context={f"kms:EncryptionContext:{key}": value for key, value in context.items()},
    )


def test_the_encryption_context_is_what_the_condition_keys_say():
    """With its letters as they are."""
    assert {"Queue": "One"} == encryption_context(request(Queue="One"))


@pytest.mark.parametrize("grantee", [ROLE, SESSION.name, "arn:aws:iam::111122223333:root"])
def test_a_grantee_is_a_session_its_role_or_their_account(grantee):
    """Each is the caller's."""
    assert Grant(grantee, frozenset({"Decrypt"})).allows(request())


def test_a_grantee_may_be_a_service():
    """Services of AWS get grants for what they keep."""
    grant = Grant("rds.amazonaws.com", frozenset({"Decrypt"}))

    assert grant.allows(request(principal=Principal.service("rds.amazonaws.com")))
    assert not grant.allows(request())


def test_nobody_retires_a_grant_without_a_retiring_principal():
    """An empty name is nobody's."""
    assert not Grant(ROLE, frozenset({"Decrypt"})).allows(request("kms:RetireGrant"))
    assert Grant(ROLE, frozenset({"RetireGrant"})).allows(request("kms:RetireGrant"))


def test_a_grant_is_about_its_own_service():
    """Other services have operations of the same names."""
    parameter = Request(SESSION, "ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/a")

    assert not Grant(ROLE, frozenset({"GetParameter"})).allows(parameter)


def test_an_exact_constraint_may_be_empty():
    """Then no encryption context is allowed."""
    grant = Grant(ROLE, frozenset({"Decrypt"}), equals={})

    assert grant.allows(request())
    assert not grant.allows(request(queue="one"))
