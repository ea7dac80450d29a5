"""A second environment in the account of the first."""

import pytest

from tests.apply import drift
from tests.apply.mode import Mode
from tests.apply.standing import standing

# What each environment has for itself.
OWN = {
    "alarms",
    "clusters",
    "load balancers",
    "log groups",
    "queues",
    "repositories",
    "roles",
    "tables",
    "vpcs",
}

staging = pytest.mark.parametrize("applied", ["staging"], indirect=True)


@staging
def test_it_comes_and_goes_and_leaves_the_first_as_it_was(applied):
    """Each by its own deploy role: neither plan changes anything, and taking one down takes nothing else."""
    production = Mode("none")
    certificate = applied.aws("acm").request_certificate(DomainName="notifications.example")["CertificateArn"]
    before = standing(applied.aws)
    with applied.rehearsal.beside(production.environment) as other:
        other.apply(
            production.var_files,
            {
                "aws_account_id": applied.variables["aws_account_id"],
                "certificate_arn": certificate,
                "service_mesh": "none",
            },
            lambda _text: None,
        )
        both = standing(applied.aws)
        plans = applied.rehearsal.plan_changes(), other.plan_changes()
        drift.unprotect(applied.aws, production.system)
        left = other.destroy()

    assert ([], []) == plans
    assert [] == left
    assert OWN <= {kind for kind, found in before.items() if len(found) < len(both[kind])}
    assert before == standing(applied.aws)
    assert [] == applied.rehearsal.plan_changes()
