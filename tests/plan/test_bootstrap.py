"""The account's state bucket, and whom its roles trust."""

import re

import pytest

from tests.plan.access import PROVIDER_ACTIONS, statements
from tests.plan.account import ACCOUNT, ACCOUNT_ID
from tests.plan.view import only
from tests.selection import ROOT

BUCKET = f"notifications-state-{ACCOUNT_ID}"
ARN = f"arn:aws:s3:::{BUCKET}"
IAM = f"arn:aws:iam::{ACCOUNT_ID}"
HOST = "token.actions.githubusercontent.com"
BY_NAME = "repo:example/notifications"
BY_NUMBER = "repo:example@1234567/notifications@987654321"
SUBJECTS = {
    "notifications-plan": {
        f"{BY_NAME}:pull_request",
        f"{BY_NAME}:ref:refs/heads/main",
        f"{BY_NUMBER}:pull_request",
        f"{BY_NUMBER}:ref:refs/heads/main",
    },
    "notifications-staging-deploy": {f"{BY_NAME}:environment:staging", f"{BY_NUMBER}:environment:staging"},
    "notifications-production-deploy": {
        f"{BY_NAME}:environment:production",
        f"{BY_NUMBER}:environment:production",
    },
    "notifications-staging-load": {
        f"{BY_NAME}:environment:staging-load",
        f"{BY_NUMBER}:environment:staging-load",
    },
}


def test_the_state_has_a_bucket_of_the_accounts_own(bootstrap):
    """Buckets share one namespace in all of AWS, so the name ends in the account's number."""
    assert BUCKET == bootstrap.one("aws_s3_bucket")["bucket"]


@pytest.mark.parametrize(("file", "kind"), [("state-bucket", "aws_s3_bucket"), ("state-key", "aws_kms_key")])
def test_the_state_cannot_be_destroyed(offline, file, kind):
    """Terraform refuses a plan that would take the state or its key away."""
    resource = offline.source(f"bootstrap/{file}.tf").split(f'resource "{kind}" "state" {{')[1]
    assert "prevent_destroy = true" in resource.split("\n}\n")[0]


def test_every_version_of_the_state_is_kept(bootstrap):
    """What was overwritten by mistake can be brought back."""
    assert "Enabled" == bootstrap.one("aws_s3_bucket_versioning")["versioning_configuration"][0]["status"]


def test_old_versions_go_after_90_days_but_for_the_last_ten(bootstrap):
    """The bucket does not grow for ever; lock files leave nothing behind."""
    rule = only(bootstrap.one("aws_s3_bucket_lifecycle_configuration")["rule"])
    old = only(rule["noncurrent_version_expiration"])
    assert ("Enabled", "") == (rule["status"], only(rule["filter"])["prefix"])
    assert (90, 10) == (old["noncurrent_days"], old["newer_noncurrent_versions"])
    assert only(rule["expiration"])["expired_object_delete_marker"] is True
    assert 7 == only(rule["abort_incomplete_multipart_upload"])["days_after_initiation"]


def test_versions_expire_once_there_are_versions(bootstrap):
    """The lifecycle waits for versioning."""
    waits = bootstrap.depends_on("aws_s3_bucket_lifecycle_configuration.state")
    assert ["aws_s3_bucket_versioning.state"] == waits


def test_the_state_is_encrypted_with_its_own_key(bootstrap):
    """Access to the state is access to its key."""
    rule = only(bootstrap.one("aws_s3_bucket_server_side_encryption_configuration")["rule"])
    assert rule["bucket_key_enabled"] is True
    assert "aws:kms" == only(rule["apply_server_side_encryption_by_default"])["sse_algorithm"]
    key = bootstrap.sources(
        "aws_s3_bucket_server_side_encryption_configuration.state",
        "rule",
        "apply_server_side_encryption_by_default",
        "kms_master_key_id",
    )
    assert {"aws_kms_key.state"} == key


def test_the_key_rotates_and_takes_a_month_to_delete(bootstrap):
    """A key that is deleted by mistake can be called back for thirty days."""
    key = bootstrap.one("aws_kms_key")
    assert (True, 30) == (key["enable_key_rotation"], key["deletion_window_in_days"])


def test_the_backend_finds_the_key_by_its_alias(bootstrap):
    """`kms_key_id` is the same text in every account."""
    assert "alias/notifications-state" == bootstrap.one("aws_kms_alias")["name"]
    assert {"aws_kms_key.state"} == bootstrap.sources("aws_kms_alias.state", "target_key_id")


def test_the_key_is_used_through_s3_for_the_state_alone(bootstrap):
    """Nobody decrypts anything with it by himself."""
    policy = statements(bootstrap.one("aws_kms_key")["policy"])
    assert {"AdministerByPolicies", "UseThroughS3"} == set(policy)
    assert policy["UseThroughS3"] == {
        "Sid": "UseThroughS3",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
        "Resource": ["*"],
        "Condition": {
            "StringEquals": {
                "kms:CallerAccount": ACCOUNT_ID,
                "kms:ViaService": "s3.eu-central-1.amazonaws.com",
            },
            "ArnLike": {"kms:EncryptionContext:aws:s3:arn": [ARN, f"{ARN}/*"]},
        },
    }


def test_administrators_of_the_key_do_not_decrypt(bootstrap):
    """Who may give and take the key is up to IAM; using it is not among that."""
    administer = statements(bootstrap.one("aws_kms_key")["policy"])["AdministerByPolicies"]
    assert administer["Principal"] == {"AWS": f"{IAM}:root"}
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"} < set(administer["Action"])
    assert not {one for one in administer["Action"] if re.search("crypt|Generate|Grant|Sign|[*]", one)}


def test_administrators_of_the_key_may_do_all_that_terraform_does_with_it(bootstrap):
    """Else the key that was made cannot be changed, and its deletion not be called off."""
    administer = statements(bootstrap.one("aws_kms_key")["policy"])["AdministerByPolicies"]
    of_key_and_alias = [
        action
        for kind in ("aws_kms_key", "aws_kms_alias")
        for actions in PROVIDER_ACTIONS[kind].values()
        for action in actions
    ]
    # These two are asked of no key.
    wanted = {"kms:CancelKeyDeletion", *of_key_and_alias} - {"kms:CreateKey", "kms:ListAliases"}
    assert wanted == set(administer["Action"])


def test_the_state_is_not_public(bootstrap):
    """No access control list and no policy can open the bucket."""
    block = bootstrap.one("aws_s3_bucket_public_access_block")
    sides = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert [True] * 4 == [block[side] for side in sides]
    owner = only(bootstrap.one("aws_s3_bucket_ownership_controls")["rule"])
    assert "BucketOwnerEnforced" == owner["object_ownership"]


@pytest.mark.parametrize(
    ("sid", "action", "condition"),
    [
        ("DenyPlainHttp", "s3:*", {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyOldTls", "s3:*", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        (
            "DenyOtherEncryption",
            "s3:PutObject",
            {
                "Null": {"s3:x-amz-server-side-encryption": "false"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
            },
        ),
        (
            "DenyCustomerKeys",
            "s3:PutObject",
            {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
        ),
    ],
)
def test_the_bucket_refuses(bootstrap, sid, action, condition):
    """Nothing comes or goes in the clear, and nothing is written but under the state's key."""
    refusal = statements(bootstrap.one("aws_s3_bucket_policy")["policy"])[sid]
    assert "Deny" == refusal["Effect"]
    assert (refusal["Principal"], refusal["Action"]) == ({"AWS": "*"}, [action])
    assert refusal["Resource"] == ([ARN, f"{ARN}/*"] if action == "s3:*" else [f"{ARN}/*"])
    assert refusal["Condition"] == condition


def test_the_bucket_policy_grants_nothing(bootstrap):
    """Who may read is said by the roles alone; the policy waits until the bucket is closed."""
    policy = statements(bootstrap.one("aws_s3_bucket_policy")["policy"])
    assert {"Deny"} == {one["Effect"] for one in policy.values()}
    assert ["aws_s3_bucket_public_access_block.state"] == bootstrap.depends_on("aws_s3_bucket_policy.state")


def test_everything_about_the_bucket_is_about_this_bucket(bootstrap):
    """Each setting names the state's bucket by reference, so it is made after it."""
    settings = [
        kind for kind in {one["type"] for one in bootstrap.changes} if kind.startswith("aws_s3_bucket_")
    ]
    assert 6 == len(settings)
    for kind in settings:
        assert BUCKET == bootstrap.one(kind)["bucket"]
        assert {"aws_s3_bucket.state"} == bootstrap.sources(f"{kind}.state", "bucket")


def test_github_signs_for_aws_alone(bootstrap):
    """A token made for somebody else is none; no thumbprint is pinned, for GitHub changes its certificate."""
    provider = bootstrap.one("aws_iam_openid_connect_provider")
    assert (provider["url"], provider["client_id_list"]) == (f"https://{HOST}", ["sts.amazonaws.com"])
    assert "thumbprint_list" not in bootstrap.written("aws_iam_openid_connect_provider.github")


def test_there_is_a_role_to_plan_one_to_deploy_each_environment_and_one_to_load_staging(bootstrap):
    """They lie under a path of their own, out of reach of what deployments may change."""
    roles = bootstrap.all("aws_iam_role").values()
    assert {role["name"]: role["path"] for role in roles} == dict.fromkeys(
        SUBJECTS, "/notifications-bootstrap/"
    )


@pytest.mark.parametrize("role", SUBJECTS)
def test_a_role_trusts_exact_subjects(bootstrap, role):
    """One repository in both forms of its name, and the kind of job that the role is for; no pattern."""
    trust = statements(bootstrap.one("aws_iam_role", name=role)["assume_role_policy"])["GitHubActions"]
    assert ("Allow", ["sts:AssumeRoleWithWebIdentity"]) == (trust["Effect"], trust["Action"])
    assert trust["Principal"] == {"Federated": f"{IAM}:oidc-provider/{HOST}"}
    assert {"StringEquals"} == set(trust["Condition"])
    equal = trust["Condition"]["StringEquals"]
    assert set(equal) == {f"{HOST}:aud", f"{HOST}:sub"}
    assert "sts.amazonaws.com" == equal[f"{HOST}:aud"]
    assert set(equal[f"{HOST}:sub"]) == SUBJECTS[role]


def test_a_role_trusts_nobody_else(bootstrap):
    """Each trust policy has its one statement, but for a load's, and waits for whom it names."""
    for address, role in bootstrap.all("aws_iam_role").items():
        loads = {"Releases"} if role["name"].endswith("-load") else set()
        assert {"GitHubActions"} | loads == set(statements(role["assume_role_policy"]))
        waits = bootstrap.depends_on(address.split("[")[0])
        assert {"aws_iam_openid_connect_provider.github", *(["aws_iam_role.deploy"] if loads else [])} == set(
            waits
        )


def test_a_release_takes_the_role_that_loads_its_environment(bootstrap):
    """That role trusts the environment's deploy role, beside jobs of its own."""
    trust = statements(bootstrap.one("aws_iam_role", name="notifications-staging-load")["assume_role_policy"])
    releases = trust["Releases"]
    assert ("Allow", ["sts:AssumeRole"]) == (releases["Effect"], releases["Action"])
    assert {"AWS": f"{IAM}:role/notifications-bootstrap/notifications-staging-deploy"} == releases[
        "Principal"
    ]


@pytest.mark.parametrize(
    ("role", "seconds"),
    [
        ("notifications-plan", 3600),
        ("notifications-staging-deploy", 7200),
        ("notifications-staging-load", 7200),
    ],
)
def test_sessions_are_short(bootstrap, role, seconds):
    """A stolen session ends by itself."""
    assert bootstrap.one("aws_iam_role", name=role)["max_session_duration"] == seconds


def test_outputs_are_what_the_pipeline_and_the_system_take(bootstrap):
    """Names and ARNs are known before the apply."""
    path = "notifications-bootstrap"
    assert {name: value for name, value in bootstrap.outputs.items() if name != "backend"} == {
        "aws_region": "eu-central-1",
        "aws_account_id": ACCOUNT_ID,
        "state_bucket": BUCKET,
        "plan_role_arn": f"{IAM}:role/{path}/notifications-plan",
        "deploy_role_arns": {
            "production": f"{IAM}:role/{path}/notifications-production-deploy",
            "staging": f"{IAM}:role/{path}/notifications-staging-deploy",
        },
        "load_role_arns": {"staging": f"{IAM}:role/{path}/notifications-staging-load"},
        "permissions_boundary_arn": f"{IAM}:policy/{path}/notifications-workload-boundary",
    }


def test_the_readme_sets_what_workflows_read_from_outputs(offline, bootstrap):
    """Every variable that a workflow reads, and each from an output that is there."""
    readme = offline.source("bootstrap/README.md")
    variables = set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+) (?:--body )?\"\$", readme))
    outputs = set(re.findall(r"terraform output -(?:json|raw) (\w+)", readme))
    read = {
        name
        for workflow in (ROOT / ".github" / "workflows").glob("*.yml")
        for name in re.findall(r"\bvars\.(\w+)", workflow.read_text())
    }
    assert {
        "AWS_ACCOUNT_ID",
        "AWS_REGION",
        "DEPLOY_ROLE_ARN",
        "LOAD_ROLE_ARN",
        "PLAN_ROLE_ARN",
        "STATE_BUCKET",
    } == variables
    # The others are no outputs; docs/workflows.md tells what they hold.
    told = (ROOT / "docs" / "workflows.md").read_text()
    assert variables <= read
    assert [] == [name for name in read - variables if f"`{name}`" not in told]
    assert bootstrap.outputs.keys() - {"permissions_boundary_arn"} == outputs


def test_this_roots_own_state_moves_into_the_bucket(bootstrap):
    """The first apply keeps its state in a file; the backend that it puts out takes it over."""
    lines = {" ".join(line.split()) for line in bootstrap.outputs["backend"].splitlines()}
    assert {
        f'bucket = "{BUCKET}"',
        'key = "bootstrap/terraform.tfstate"',
        'region = "eu-central-1"',
        'kms_key_id = "alias/notifications-state"',
        "encrypt = true",
        "use_lockfile = true",
    } < lines


def test_another_account_is_refused(offline):
    """The provider works in the named account alone."""
    assert "allowed_account_ids = [var.aws_account_id]" in offline.source("bootstrap/provider.tf")


def test_the_account_is_tagged_as_the_systems(bootstrap):
    """The bill tells what prepares the account from what runs in it."""
    assert {
        "Application": "notifications",
        "ManagedBy": "terraform/bootstrap",
    } == bootstrap.one("aws_s3_bucket")["tags_all"]
    assert ["production", "staging"] == ACCOUNT["environments"]
