import pytest

from stage.authorization.errors import PolicyError, RequestError, UnknownElementError
from stage.authorization.principals import ANONYMOUS, Naming, Principal, parse_principals

USER = Principal.of("arn:aws:iam::111122223333:user/team/carlos")
ROLE = "arn:aws-cn:iam::111122223333:role/app/worker"
SESSION = Principal.of("arn:aws-cn:sts::111122223333:assumed-role/worker/run", ROLE)
ROOT = Principal.of("arn:aws:iam::111122223333:root")
SERVICE = Principal.service("sns.amazonaws.com")
PROVIDER = Principal.identity("accounts.google.com")


def naming(element, principal):
    """How a Principal element names a caller."""
    return parse_principals(element, excluded=False).naming(principal)


def test_a_caller_has_the_condition_keys_of_its_kind():
    """A session's ARN is its role's there, and a user's name has no path."""
    assert ("arn:aws:iam::111122223333:user/team/carlos",) == USER.context["aws:principalarn"]
    assert ("carlos",) == USER.context["aws:username"]
    assert (ROLE,) == SESSION.context["aws:principalarn"]
    assert ("AssumedRole",) == SESSION.context["aws:principaltype"]
    assert "aws:username" not in SESSION.context
    assert ("Account",) == ROOT.context["aws:principaltype"]
    assert {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": ("sns.amazonaws.com",),
    } == dict(SERVICE.context)
    assert {"aws:principalisawsservice": ("false",)} == dict(PROVIDER.context)
    assert ("Anonymous",) == ANONYMOUS.context["aws:principaltype"]


def test_a_caller_has_an_account_or_none():
    """The ARN that stands for it is of its own partition."""
    assert ("111122223333", "arn:aws-cn:iam::111122223333:root") == (SESSION.account, SESSION.account_arn)
    assert ["", "", ""] == [one.account for one in (SERVICE, PROVIDER, ANONYMOUS)]
    assert "" == ANONYMOUS.account_arn


@pytest.mark.parametrize(
    ("arn", "entity"),
    [
        ("carlos", ""),
        ("arn:aws:iam::111122223333:role/worker", ""),
        ("arn:aws:sts::111122223333:assumed-role/worker/run", ""),
        ("arn:aws:iam::111122223333:user/carlos", ROLE),
    ],
)
def test_what_is_no_caller_is_refused(arn, entity):
    """A role makes no call, its sessions do."""
    with pytest.raises(RequestError):
        Principal.of(arn, entity)


@pytest.mark.parametrize(
    ("element", "principal", "expected"),
    [
        ("*", ANONYMOUS, Naming.CALLER),
        ({"AWS": "*"}, SERVICE, Naming.CALLER),
        ({"AWS": USER.name}, USER, Naming.CALLER),
        ({"AWS": ROLE}, SESSION, Naming.ENTITY),
        ({"AWS": SESSION.name}, SESSION, Naming.CALLER),
        ({"AWS": [ROLE, SESSION.name]}, SESSION, Naming.CALLER),
        ({"AWS": "111122223333"}, USER, Naming.ACCOUNT),
        ({"AWS": "111122223333"}, ROOT, Naming.CALLER),
        ({"AWS": "arn:aws:iam::111122223333:root"}, USER, Naming.ACCOUNT),
        ({"AWS": "arn:aws:iam::444455556666:root"}, USER, Naming.NOT),
        ({"AWS": "AROAEXAMPLE1234567890"}, SESSION, Naming.NOT),
        ({"Service": "sns.amazonaws.com"}, SERVICE, Naming.CALLER),
        ({"Service": "sqs.amazonaws.com"}, SERVICE, Naming.NOT),
        ({"Federated": "accounts.google.com"}, PROVIDER, Naming.CALLER),
        ({"AWS": "111122223333"}, ANONYMOUS, Naming.NOT),
        ({"AWS": "111122223333"}, SERVICE, Naming.NOT),
        ({"CanonicalUser": "79a5"}, USER, Naming.NOT),
        ({"CanonicalUser": "79a5"}, ANONYMOUS, Naming.NOT),
    ],
)
def test_a_principal_names_a_caller_by_itself_by_its_role_or_by_its_account(element, principal, expected):
    """What names it best counts."""
    assert expected is naming(element, principal)


def test_an_account_has_an_id_of_s3_too():
    """A policy that names it leaves it to the account."""
    known = Principal(USER.type, USER.name, canonical_user="79a5")

    assert Naming.ACCOUNT is naming({"CanonicalUser": "79a5"}, known)


def test_a_not_principal_spares_a_service_whom_it_names():
    """Services have no account to name besides."""
    found = parse_principals({"Service": "sns.amazonaws.com"}, excluded=True)

    assert found.leaves_out(SERVICE, bounded=False)
    assert not found.leaves_out(USER, bounded=False)


def test_a_not_principal_spares_a_session_only_with_its_role():
    """The role is a principal of its own, and denied by itself."""
    named = [SESSION.name, SESSION.account_arn]

    assert not parse_principals({"AWS": named}, excluded=True).leaves_out(SESSION, bounded=False)
    assert parse_principals({"AWS": [*named, ROLE]}, excluded=True).leaves_out(SESSION, bounded=False)


def test_a_not_principal_of_everybody_is_about_nobody():
    """It leaves all out."""
    assert parse_principals("*", excluded=True).leaves_out(USER, bounded=False)


@pytest.mark.parametrize(
    ("element", "error"),
    [
        ("carlos", PolicyError),
        ({"AWS": 5}, PolicyError),
        ({"AWS": "arn:aws:iam::111122223333:user/c*"}, PolicyError),
        ({"AWS": "arn:aws:s3:::box"}, PolicyError),
        ({"Group": "arn:aws:iam::111122223333:group/team"}, UnknownElementError),
    ],
)
def test_a_principal_that_aws_does_not_take_is_refused(element, error):
    """Wildcards stand alone."""
    with pytest.raises(PolicyError) as caught:
        parse_principals(element, excluded=False)
    assert error is type(caught.value)
