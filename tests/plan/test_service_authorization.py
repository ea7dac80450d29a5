"""Every statement of every role says something to AWS: held by machine against its own reference."""

import pytest

from stage.authorization.reference import beyond
from tests.plan import service_authorization as reference
from tests.plan.access import granted, merged, policies, statements
from tests.plan.account import ACCOUNT_ID
from tests.plan.role import role

ASKED = beyond()
ENVIRONMENTS = ["production", "staging"]
BUCKET = "arn:aws:s3:::notifications-staging-logs"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/*"
EC2 = f"arn:aws:ec2:eu-central-1:{ACCOUNT_ID}"
TAGGED = {"StringEquals": {"aws:ResourceTag/Application": "notifications"}}
REQUESTED = {"StringEquals": {"aws:RequestTag/Application": "notifications"}}


@pytest.fixture(scope="session")
def deploy_roles(bootstrap):
    """All that each environment's deploy role may do."""
    reads = merged(policies(bootstrap, "read").values())
    return {name: merged([reads, granted(bootstrap, name)]) for name in ENVIRONMENTS}


@pytest.fixture(scope="session")
def plan_role(bootstrap):
    """All that the plan role may do."""
    return role(bootstrap, "notifications-plan").allowed


@pytest.fixture(scope="session")
def load_role(bootstrap):
    """All that the load role may do."""
    return role(bootstrap, "notifications-staging-load").allowed


@pytest.fixture(scope="session")
def workload(bootstrap):
    """The boundary of the roles that deployments make."""
    return statements(bootstrap.one("aws_iam_policy", name="notifications-workload-boundary")["policy"])


def of_the_system(plan):
    """Every statement of every role that the system makes, as the bootstrap's are read."""
    return {
        f"{role}/{one.policy}/{one.sid}": {
            "Action": sorted(one.actions),
            "Resource": sorted(one.resources),
            "Condition": one.condition,
        }
        for role in plan.role_names
        for one in plan.policies_of(role)
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_everything_that_a_deploy_role_is_granted_has_an_effect(deploy_roles, environment):
    """Each action is about a resource that its statement names, under conditions that AWS knows."""
    assert [] == list(reference.faults(deploy_roles[environment]))


def test_everything_that_the_plan_role_is_granted_has_an_effect(plan_role):
    """Each action is about a resource that its statement names, under conditions that AWS knows."""
    assert [] == list(reference.faults(plan_role))


def test_everything_that_the_load_role_is_granted_has_an_effect(load_role):
    """Each action is about a resource that its statement names, under conditions that AWS knows."""
    assert [] == list(reference.faults(load_role))


def test_everything_that_the_workloads_boundary_lets_through_has_an_effect(workload):
    """Each action is about a resource that its statement names, under conditions that AWS knows."""
    assert [] == list(reference.faults(workload))


def test_everything_that_is_denied_is_denied(bootstrap):
    """A denial under a condition that AWS does not know would deny nothing, or everything."""
    ceiling = statements(bootstrap.one("aws_iam_policy", name="notifications-deploy-boundary")["policy"])
    plan = statements(bootstrap.one("aws_iam_role_policy", name="denials")["policy"])
    denied = {sid: one for sid, one in merged([ceiling, plan]).items() if one["Effect"] == "Deny"}
    assert 9 == len(denied)
    assert [] == list(reference.unknown(denied))


@pytest.mark.parametrize("name", ["staging", "smtp", "production", "standalone"])
def test_everything_that_the_systems_roles_are_granted_has_an_effect(request, name):
    """Each action is about a resource that its statement names, under conditions that AWS knows."""
    found = of_the_system(request.getfixturevalue(name))
    assert len(found) > 5
    assert [] == list(reference.faults(found))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_deploy_role_is_allowed_all_that_its_calls_are_about(deploy_roles, environment):
    """A subnet is made in a VPC: a call is refused if either is missing."""
    assert [] == list(reference.uncovered(deploy_roles[environment], reference.UNUSED))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_deploy_role_is_allowed_what_its_calls_depend_on(deploy_roles, environment):
    """What AWS does in the caller's name, the caller must be allowed too."""
    assert [] == list(reference.dependents(deploy_roles[environment]))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_deploy_role_has_what_aws_asks_beyond_its_reference(deploy_roles, environment):
    """What only an apply in an account would meet is kept in a list, with its source."""
    assert [] == list(reference.beyond(deploy_roles[environment], ASKED["asks"]))
    assert [] == [
        name for name, one in ASKED["asks"].items() if not one["source"].startswith("https://docs.aws")
    ]


def test_the_plan_role_and_the_load_role_have_what_aws_asks_beyond_its_reference(plan_role, load_role):
    """As the deploy roles have."""
    assert [] == [*reference.beyond(plan_role, ASKED["asks"]), *reference.beyond(load_role, ASKED["asks"])]


def test_what_aws_asks_beyond_its_reference_is_about_what_is_granted(deploy_roles):
    """A line about an action that no role has goes with it."""
    used = {name for one in deploy_roles["staging"].values() for name in one["Action"]}
    assert set() == ASKED["asks"].keys() - used
    assert set() == reference.UNUSED.keys() - {name.partition(":")[0] for name in used}


def test_no_read_hangs_on_a_tag(bootstrap):
    """An apply reads what it made seconds ago, when a tag may not count yet."""
    reads = merged(policies(bootstrap, "read").values())
    assert [] == [sid for sid, one in reads.items() if reference.hangs_on_tags(one)]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            {
                "Action": ["ecs:DeregisterTaskDefinition"],
                "Resource": [f"arn:aws:ecs:*:{ACCOUNT_ID}:task-definition/a"],
            },
            "ecs:DeregisterTaskDefinition is about * alone, for it has no type of resource",
        ),
        ({"Action": ["ec2:DeleteVpc"], "Resource": [f"{EC2}:subnet/*"]}, "ec2:DeleteVpc is about vpc"),
        ({"Action": ["ec2:DeleteVPC"], "Resource": [f"{EC2}:vpc/*"]}, "AWS knows no ec2:DeleteVPC"),
        ({"Action": ["ses:SendMail"], "Resource": ["*"]}, "AWS knows no ses:SendMail"),
        (
            {"Action": ["s3:PutObject"], "Resource": [BUCKET]},
            "s3:PutObject is about accesspointobject, object",
        ),
        (
            {"Action": ["s3:PutObject"], "Resource": [f"{BUCKET}/*", KEY]},
            f"no action of it is about {KEY}",
        ),
        (
            {"Action": ["kms:DescribeKey"], "Resource": [KEY], "Condition": REQUESTED},
            "kms:DescribeKey knows no condition key aws:RequestTag/Application",
        ),
        (
            {"Action": ["servicediscovery:TagResource"], "Resource": ["*"], "Condition": TAGGED},
            "servicediscovery:TagResource knows no condition key aws:ResourceTag/Application",
        ),
        (
            {"Action": ["ec2:CreateSubnet"], "Resource": [f"{EC2}:vpc/*"], "Condition": REQUESTED},
            "ec2:CreateSubnet knows no condition key aws:RequestTag/Application",
        ),
    ],
)
def test_what_has_no_effect_is_found(statement, fault):
    """Each kind of mistake has its sentence."""
    assert f"Sid: {fault}" in list(reference.faults({"Sid": statement}))


def test_what_a_call_is_about_besides_is_found():
    """To make a subnet with its tags is not yet to make it in a VPC."""
    made = {"Action": ["ec2:CreateSubnet"], "Resource": [f"{EC2}:*"], "Condition": REQUESTED}
    within = {"Action": ["ec2:CreateSubnet"], "Resource": [f"{EC2}:vpc/*"], "Condition": TAGGED}
    unused = {"ec2": ["ipam-pool"]}
    assert ["ec2:CreateSubnet is not allowed for vpc"] == list(reference.uncovered({"Made": made}, unused))
    assert [] == list(reference.uncovered({"Made": made, "Within": within}, unused))


def test_what_a_call_depends_on_is_missed():
    """A task gets roles by whoever runs it."""
    runs = {"Action": ["ecs:RunTask"], "Resource": ["*"]}
    passes = {"Action": ["iam:PassRole"], "Resource": ["*"]}
    assert ["ecs:RunTask may need iam:PassRole"] == list(reference.dependents({"Runs": runs}))
    assert [] == list(reference.dependents({"Runs": runs, "Passes": passes}))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"resources": ["*"]}, "kms:DescribeKey must be allowed on *"),
        ({"also": ["kms:ListAliases"]}, "kms:DescribeKey also needs kms:ListAliases"),
        ({"without_tags": True}, "kms:DescribeKey hangs on tags of a key"),
    ],
)
def test_what_is_asked_beyond_the_reference_is_missed(asked, complaint):
    """Each kind of demand has its sentence; one that is met has none."""
    lacking = {"Action": ["kms:DescribeKey"], "Resource": [KEY], "Condition": TAGGED}
    having = {"Action": ["kms:DescribeKey", "kms:ListAliases"], "Resource": ["*"]}
    assert [complaint] == list(reference.beyond({"Sid": lacking}, {"kms:DescribeKey": asked}))
    assert [] == list(reference.beyond({"Sid": having}, {"kms:DescribeKey": asked}))
