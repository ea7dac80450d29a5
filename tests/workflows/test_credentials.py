"""The stand-in for AWS's side of OpenID Connect gives a role to whom AWS would, and to nobody else."""

import pytest

MAIN = {"ref": "refs/heads/main"}
DRIFT = {"job": "drift", "matrix": "environment:staging"}


def changed(repository, find, replace):
    """The same repository with another nightly.yml."""
    file = repository.folder / ".github" / "workflows" / "nightly.yml"
    text = file.read_text()
    assert find in text
    file.write_text(text.replace(find, replace))
    return repository


@pytest.mark.parametrize(
    ("find", "replace", "says"),
    [
        ("      id-token: write # to take the plan role\n", "", "it lacks id-token: write"),
        ("${{ vars.PLAN_ROLE_ARN }}", "${{ vars.PLAN_ROLE }}", "there is no role ''"),
        ("vars.AWS_REGION", "vars.REGION", "no region is given"),
        (
            "${{ vars.PLAN_ROLE_ARN }}",
            "${{ vars.DEPLOY_ROLE_ARN }}",
            "the role trusts environment:staging, and the job is ref:refs/heads/main",
        ),
        (
            "          aws-region:",
            "          role-duration-seconds: 7200\n          aws-region:",
            "the role gives credentials for 3600 s at most",
        ),
    ],
)
def test_a_job_that_aws_would_refuse(trusted, find, replace, says):
    """Its run fails at once, and says why."""
    ended = changed(trusted, find, replace).run("nightly", "schedule", MAIN, **DRIFT)

    assert {"drift": "failure"} == ended.results
    assert says in ended.said


def test_another_branch_looks_for_no_drift(trusted):
    """The plan role would not trust it."""
    ended = trusted.run("nightly", "workflow_dispatch", {"ref": "refs/heads/other"}, **DRIFT)

    assert {} == ended.results
