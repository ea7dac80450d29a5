"""What the roles of pipelines may do, and the boundaries that hold whatever they are given."""

import json
import re

import pytest

from stage.authorization.reference import beyond, has_no_type
from tests.plan.access import PROVIDER_ACTIONS, actions, granted, key, merged, policies, statements
from tests.plan.account import ACCOUNT, ACCOUNT_ID
from tests.plan.callers import CALLERS, needed
from tests.plan.offline import ROOT_MODULE
from tests.plan.role import role
from verify.bounds import ENVIRONMENTS

STATE = f"arn:aws:s3:::notifications-state-{ACCOUNT_ID}"
BOUNDARY = f"arn:aws:iam::{ACCOUNT_ID}:policy/notifications-bootstrap/notifications-workload-boundary"
PARTS = {"containers", "data", "monitoring", "network", "roles", "traffic"}
REQUESTED = {"aws:RequestTag/Application": "notifications", "aws:RequestTag/Environment": "staging"}
OWN = {"aws:ResourceTag/Application": "notifications", "aws:ResourceTag/Environment": "staging"}
# Statements that no name and no tag ties to an environment.
UNMARKED = {
    "CompareCandidates",
    "FindState",
    "FinishNewKey",
    "KeepPrivateZone",
    "LetServicesMakeTheirRoles",
    "LogInToRegistry",
    "ManageCompositeAlarms",
    "ManageSubscriptions",
    "NameEndpoints",
    "NameLoadBalancer",
    "RemovePrivateZone",
    "RetireTaskDefinitions",
    "SetUpIdentity",
    "TagNewNetwork",
    "TakeAddressFromInterface",
}


@pytest.fixture(scope="session")
def reads(bootstrap):
    """What every role may read."""
    return merged(policies(bootstrap, "read").values())


@pytest.fixture(scope="session")
def deploy(bootstrap):
    """What the deploy role of staging has beside its reads."""
    return granted(bootstrap, "staging")


@pytest.fixture(scope="session")
def plan(bootstrap):
    """All that the plan role may do."""
    return role(bootstrap, "notifications-plan").allowed


@pytest.fixture(scope="session")
def load(bootstrap):
    """All that the load role of staging may do."""
    return role(bootstrap, "notifications-staging-load").allowed


@pytest.fixture(scope="session")
def ceiling(bootstrap):
    """The boundary of the deploy roles."""
    return statements(bootstrap.one("aws_iam_policy", name="notifications-deploy-boundary")["policy"])


@pytest.fixture(scope="session")
def workload(bootstrap):
    """The boundary of the roles that deployments make."""
    return statements(bootstrap.one("aws_iam_policy", name="notifications-workload-boundary")["policy"])


def test_each_type_of_resource_has_its_actions_listed():
    """A new type of resource comes with what the provider asks of AWS for it, and goes with it."""
    text = "\n".join(
        path.read_text() for path in [*ROOT_MODULE.glob("*.tf"), *ROOT_MODULE.glob("modules/*/*.tf")]
    )
    used = set(re.findall(r'^resource "(\w+)"', text, re.MULTILINE))
    assert PROVIDER_ACTIONS.keys() - {"pipeline"} == used


def test_all_roles_read_what_the_provider_reads(reads):
    """A refresh neither fails nor could do more, but for what drift and releases both ask."""
    provided = {action for one in PROVIDER_ACTIONS.values() for action in one["read"]}
    assert actions(reads) == provided | needed("plan") & needed("deploy")


def test_the_plan_role_looks_for_drift_besides(reads, plan):
    """Beside a refresh it takes the lock on a state, and does nothing else."""
    state = {"s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"}
    assert actions(plan) == actions(reads) | needed("plan") | state


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_a_deploy_role_does_what_the_provider_does_and_releases(bootstrap, reads, environment):
    """Neither an apply nor a release fails, and neither could do more."""
    provided = {action for one in PROVIDER_ACTIONS.values() for action in one["change"]}
    beside = needed("deploy") - actions(reads)
    if environment not in ENVIRONMENTS:
        beside -= {"sts:AssumeRole"}
    assert actions(granted(bootstrap, environment)) == provided | beside


def test_a_release_takes_the_role_of_its_load_and_no_other(bootstrap, deploy):
    """Where nothing may be loaded there is none to take; and the boundary lets nobody take any but these."""
    roles = f"arn:aws:iam::{ACCOUNT_ID}:role/notifications-bootstrap"
    assert [f"{roles}/notifications-staging-load"] == deploy["TakeLoadRole"]["Resource"]
    assert "TakeLoadRole" not in granted(bootstrap, "production")
    ceiling = statements(bootstrap.one("aws_iam_policy", name="notifications-deploy-boundary")["policy"])
    assert (["sts:AssumeRole"], [f"{roles}/notifications-*-load"]) == (
        ceiling["TakeLoadRoles"]["Action"],
        ceiling["TakeLoadRoles"]["Resource"],
    )


def test_the_load_role_loads_and_watches(load):
    """Where the system is, it reads from the state; it changes nothing that a deployment has made."""
    assert actions(load) == needed("load") | {"s3:GetObject", "s3:ListBucket"}


def test_reads_change_nothing(bootstrap, reads):
    """Each begins with a verb that AWS gives to reading; none reads what users wrote."""
    drift = statements(bootstrap.one("aws_iam_role_policy", name="drift")["policy"])
    asked = actions(merged([reads, drift]))
    assert {"Describe", "Get", "List"} == {re.match("[A-Z][a-z]+", one.split(":")[1])[0] for one in asked}
    content = {"GetItem", "GetObject", "GetSecretValue", "GetLogEvents", "GetQueryResults"}
    assert not {action.split(":")[1] for action in asked} & content


def test_every_action_is_named(plan, deploy, load, workload):
    """No statement leaves it to AWS what it will come to mean."""
    together = {
        (sid, who): one
        for who, all_ in enumerate([plan, deploy, load, workload])
        for sid, one in all_.items()
    }
    assert set() == {action for action in actions(together) if "*" in action}
    assert {"Allow"} == {one["Effect"] for one in together.values()}


def test_resources_are_named_where_aws_knows_any(plan, deploy, load):
    """`*` stands only beside actions without a type of resource, or where AWS refuses anything narrower."""
    asked = {name for name, one in beyond()["asks"].items() if "*" in one.get("resources", ())}
    asked |= {name for name, one in CALLERS["unnamed"].items() if one["resource"] == "*"}
    everywhere = {
        name
        for who in (plan, deploy, load)
        for one in who.values()
        if "*" in one["Resource"]
        for name in one["Action"]
    }
    assert everywhere
    assert {name for name in everywhere if not has_no_type(name)} == asked


def test_a_deploy_role_keeps_to_its_environment(bootstrap):
    """Staging's role names staging alone: by name, by tag, or by what has neither."""
    for sid, statement in granted(bootstrap, "staging").items():
        text = json.dumps(statement)
        assert "production" not in text, sid
        marks = ("notifications-staging*", "notifications-staging-load", '"staging"', "/staging/")
        marked = any(mark in text for mark in marks)
        assert marked or sid in UNMARKED, sid


@pytest.mark.parametrize(
    "sid",
    [
        "CreateDiscoveryServices",
        "CreateIdentity",
        "CreateKey",
        "CreateNamespace",
        "CreateTagged",
        "RegisterScaling",
        "TagDiscovery",
    ],
)
def test_what_is_made_bears_the_environments_tags(deploy, sid):
    """Nothing numbered is made without saying whose it is."""
    assert {"StringEquals": REQUESTED} == deploy[sid]["Condition"]


@pytest.mark.parametrize(
    "sid",
    ["ChangeOwnNetwork", "ManageDiscovery", "ManageIdentity", "ManageKey", "ManageScaling", "TagOwnNetwork"],
)
def test_what_is_changed_bears_the_environments_tags(deploy, sid):
    """A number tells nothing, so the tags on it have to."""
    assert {"StringEquals": OWN} == deploy[sid]["Condition"]


@pytest.mark.parametrize("sid", ["AdoptDefaultSecurityGroup", "TagNewKey"])
def test_only_what_is_nobodys_can_be_made_ones_own(deploy, sid):
    """A resource that has an application's tag keeps it."""
    assert {
        "StringEquals": REQUESTED,
        "Null": {"aws:ResourceTag/Application": "true"},
    } == deploy[sid]["Condition"]


def test_network_is_tagged_while_it_is_made(deploy):
    """Tags on what exists are another statement's matter."""
    made = {action.removeprefix("ec2:") for action in deploy["CreateTagged"]["Action"]}
    assert set(deploy["TagNewNetwork"]["Condition"]["StringEquals"]["ec2:CreateAction"]) == made


def test_tasks_are_listed_of_ones_own_cluster(reads):
    """Neither services nor tasks have a resource level there, but a cluster."""
    cluster = f"arn:aws:ecs:eu-central-1:{ACCOUNT_ID}:cluster/notifications-*"
    assert reads["ListServicesAndTasks"]["Condition"] == {"ArnLike": {"ecs:cluster": cluster}}


def test_a_name_is_given_in_its_own_zone(bootstrap):
    """Each environment's role writes the alias of its load balancer, and no record of another type."""
    for environment, zone in ACCOUNT["hosted_zone_ids"].items():
        statement = granted(bootstrap, environment)["NameLoadBalancer"]
        assert ["route53:ChangeResourceRecordSets"] == statement["Action"]
        assert statement["Resource"] == [f"arn:aws:route53:::hostedzone/{zone}"]
        types = statement["Condition"]["ForAllValues:StringEquals"]
        assert {"route53:ChangeResourceRecordSetsRecordTypes": "A"} == types


def test_roles_are_made_within_the_boundary(deploy):
    """What a role may do is written only while the boundary is on it."""
    grant = deploy["GrantWithinBoundary"]
    assert {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}} == grant["Condition"]
    assert {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"} < set(grant["Action"])
    grants = {"AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"}
    assert not {f"iam:{one}" for one in grants} & set(deploy["ManageRoles"]["Action"])


@pytest.mark.parametrize("sid", ["GrantWithinBoundary", "ManageRoles", "PassRoles"])
def test_only_the_systems_own_roles_are_touched(deploy, sid):
    """The roles of this root lie under another path, so the name cannot match them."""
    assert deploy[sid]["Resource"] == [f"arn:aws:iam::{ACCOUNT_ID}:role/notifications-staging*"]


def test_roles_are_handed_to_tasks_and_flow_logs_alone(deploy):
    """A role in the hands of another service would be a way around everything else."""
    services = deploy["PassRoles"]["Condition"]
    assert {
        "StringEquals": {
            "iam:PassedToService": [
                "ecs-tasks.amazonaws.com",
                "ecs.amazonaws.com",
                "vpc-flow-logs.amazonaws.com",
            ]
        }
    } == services


def test_services_make_their_own_roles(deploy):
    """Four services do on first use; each role is named in full."""
    made = deploy["LetServicesMakeTheirRoles"]["Resource"]
    assert {
        "AWSServiceRoleForAppMesh",
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "AWSServiceRoleForECS",
        "AWSServiceRoleForElasticLoadBalancing",
    } == {one.split("/")[-1] for one in made}
    assert not [one for one in made if "*" in one]
    services = deploy["LetServicesMakeTheirRoles"]["Condition"]["StringEquals"]["iam:AWSServiceName"]
    assert sorted(one.split("/")[-2] for one in made) == sorted(services)


def test_a_deployment_keeps_its_own_state(deploy):
    """It reads and writes one state and takes the lock on it; nothing else in the bucket."""
    state = f"{STATE}/staging/terraform.tfstate"
    assert {
        sid: (deploy[sid]["Action"], deploy[sid]["Resource"])
        for sid in ("FindState", "KeepState", "LockState")
    } == {
        "FindState": (["s3:ListBucket"], [STATE]),
        "KeepState": (["s3:GetObject", "s3:PutObject"], [state]),
        "LockState": (["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [f"{state}.tflock"]),
    }


def test_a_plan_reads_the_states_and_locks_them(bootstrap):
    """It cannot write a state; the state of this root it cannot even read."""
    state = statements(bootstrap.one("aws_iam_role_policy", name="state")["policy"])
    keys = [f"{STATE}/{environment}/terraform.tfstate" for environment in ("production", "staging")]
    assert {sid: (one["Effect"], one["Action"], one["Resource"]) for sid, one in state.items()} == {
        "FindState": ("Allow", ["s3:ListBucket"], [STATE]),
        "ReadState": ("Allow", ["s3:GetObject"], keys),
        "LockState": (
            "Allow",
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            [f"{one}.tflock" for one in keys],
        ),
    }


def test_a_plan_never_reads_content(bootstrap):
    """Whatever is attached to the role later: secrets, rows, messages, logs and objects stay closed."""
    denials = statements(bootstrap.one("aws_iam_role_policy", name="denials")["policy"])
    assert {"Deny"} == {one["Effect"] for one in denials.values()}
    assert {"DenyContent", "DenyObjectsOtherThanState", "DenyKeysOtherThanForS3"} == set(denials)
    assert ["*"] == denials["DenyContent"]["Resource"]
    assert [
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:GetLogRecord",
        "logs:GetQueryResults",
        "logs:StartLiveTail",
        "logs:StartQuery",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
        "ssm:GetParameterHistory",
        "sts:AssumeRole",
    ] == denials["DenyContent"]["Action"]


def test_a_plan_opens_no_object_and_no_key_but_the_states(bootstrap):
    """A secure string stays closed, because its key does."""
    denials = statements(bootstrap.one("aws_iam_role_policy", name="denials")["policy"])
    objects, keys = denials["DenyObjectsOtherThanState"], denials["DenyKeysOtherThanForS3"]
    assert ["s3:GetObject", "s3:GetObjectVersion"] == objects["Action"]
    assert objects["NotResource"] == [
        f"{STATE}/{one}/terraform.tfstate*" for one in ("production", "staging")
    ]
    assert (["kms:Decrypt", "kms:GenerateDataKey"], ["*"]) == (keys["Action"], keys["Resource"])
    assert {"StringNotEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}} == keys["Condition"]


def test_the_load_role_keeps_to_its_environment(load):
    """Of what has a name it reaches the environment's alone, and lists of it no other cluster's tasks."""
    named = {sid for sid, one in load.items() if "notifications-staging" in json.dumps(one)}
    assert {"FindState", "ReadState", "SeeScalingMetricsAndAlarms"} == load.keys() - named
    assert [f"{STATE}/staging/terraform.tfstate"] == load["ReadState"]["Resource"]
    assert "production" not in json.dumps(load)


def test_the_load_role_starts_and_hands_on_the_load_generators_alone(load):
    """In its cluster, and its roles to tasks: else it could run whatever a service's role may do."""
    mine = f"{ACCOUNT_ID}:cluster/notifications-staging"
    for sid in ("ListTasks", "RunLoadGenerator"):
        assert {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:eu-central-1:{mine}"}} == load[sid]["Condition"]
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert passed == load["PassItsRoles"]["Condition"]


def test_a_secret_of_another_name_is_looked_at_only_with_the_systems_tag(plan):
    """Drift asks whether what bears the tag is still there; nobody else's secret is described."""
    assert [f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT_ID}:secret:*"] == plan["FindTaggedSecrets"][
        "Resource"
    ]
    tagged = {"StringEquals": {"aws:ResourceTag/Application": "notifications"}}
    assert tagged == plan["FindTaggedSecrets"]["Condition"]


def test_the_plan_role_has_reads_drift_state_and_denials(bootstrap):
    """Nothing else is attached to it."""
    inline = [
        one for one in bootstrap.all("aws_iam_role_policy").values() if one["role"] == "notifications-plan"
    ]
    assert {"denials", "drift", "state"} == {one["name"] for one in inline}
    assert {"plan_read": {"foundations", "services"}} == _attached(bootstrap, "notifications-plan")
    assert {"aws_iam_policy.read"} == bootstrap.sources(
        "aws_iam_role_policy_attachment.plan_read", "policy_arn"
    )


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_a_deploy_role_has_reads_and_its_own_policies(bootstrap, environment):
    """Eight policies, where AWS allows ten to a role."""
    assert _attached(bootstrap, f"notifications-{environment}-deploy") == {
        "deploy": {f"{environment}-{part}" for part in PARTS},
        "deploy_read": {f"{environment}-foundations", f"{environment}-services"},
    }


def test_the_load_role_has_policies_of_its_own(bootstrap):
    """Nothing is attached to it that a deployment has."""
    inline = [one for one in bootstrap.all("aws_iam_role_policy").values() if one["role"].endswith("-load")]
    assert {"drive", "observe", "read-outputs"} == {one["name"] for one in inline}
    assert {} == _attached(bootstrap, "notifications-staging-load")


def test_attachments_take_the_policy_that_they_are_named_after(bootstrap):
    """The ARN is known after the apply, so the text has to tell."""
    kind = "aws_iam_role_policy_attachment"
    assert [
        "aws_iam_policy.deploy",
        "each.key",
    ] == bootstrap.written(f"{kind}.deploy")["policy_arn"]["references"][:2]
    assert [
        "aws_iam_policy.read",
        "each.value.part",
    ] == bootstrap.written(f"{kind}.deploy_read")["policy_arn"]["references"][:2]


def test_policies_fit(bootstrap):
    """A managed policy holds 6,144 characters, a role's inline policies together 10,240."""
    managed = [len(one["policy"]) for one in bootstrap.all("aws_iam_policy").values()]
    inline: dict[str, int] = {}
    for one in bootstrap.all("aws_iam_role_policy").values():
        inline[one["role"]] = inline.get(one["role"], 0) + len(one["policy"])
    assert (16, True) == (len(managed), max(managed) <= 6144)
    assert {"notifications-plan", "notifications-staging-load"} == inline.keys()
    assert max(inline.values()) <= 10240


def test_policies_and_boundaries_lie_on_the_protected_path(bootstrap):
    """What a deployment may not change is told from the path."""
    paths = {one["path"] for one in bootstrap.all("aws_iam_policy").values()}
    assert {"/notifications-bootstrap/"} == paths
    names = {one["name"] for one in bootstrap.all("aws_iam_policy").values()}
    assert len(names) == len(bootstrap.all("aws_iam_policy"))


def test_deploy_roles_have_their_boundary(bootstrap):
    """The plan role is held by denials instead, and the load role changes no setting."""
    source = bootstrap.sources("aws_iam_role.deploy", "permissions_boundary")
    assert {"aws_iam_policy.deploy_boundary"} == source


def test_the_ceiling_names_services(ceiling):
    """A deployment stays within the services of the system; of IAM it has roles alone."""
    services = {action.removesuffix(":*") for action in ceiling["StayWithinServices"]["Action"]}
    asked = {
        action.split(":")[0] for one in PROVIDER_ACTIONS.values() for part in one.values() for action in part
    }
    assert services == asked - {"iam"}
    assert ceiling["ManageRoles"]["Resource"] == [f"arn:aws:iam::{ACCOUNT_ID}:role/*"]


def test_the_ceiling_lets_through_what_is_granted(ceiling, reads, deploy):
    """Every action on roles that a deployment has, it can use, and it can use no more."""
    used = {action for action in actions(merged([reads, deploy])) if action.startswith("iam:")}
    beyond = {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}
    assert set(ceiling["ManageRoles"]["Action"]) == used | beyond


def test_no_role_is_made_without_the_boundary(ceiling):
    """Even if the deploy role's policies came to allow it."""
    denied = ceiling["DenyRolesWithoutBoundary"]
    assert ("Deny", ["*"]) == (denied["Effect"], denied["Resource"])
    assert {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY}} == denied["Condition"]
    grants = ["AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"]
    assert denied["Action"] == [f"iam:{one}" for one in grants]


@pytest.mark.parametrize(
    ("sid", "resources", "among"),
    [
        (
            "DenyOwnRolesAndPolicies",
            [f"arn:aws:iam::{ACCOUNT_ID}:{kind}/notifications-bootstrap/*" for kind in ("policy", "role")],
            {
                "iam:AttachRolePolicy",
                "iam:CreatePolicyVersion",
                "iam:CreateRole",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PassRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:SetDefaultPolicyVersion",
                "iam:UpdateAssumeRolePolicy",
            },
        ),
        (
            "DenyTrustInGitHub",
            ["*"],
            {
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:DeleteOpenIDConnectProvider",
                "iam:RemoveClientIDFromOpenIDConnectProvider",
                "iam:UpdateOpenIDConnectProviderThumbprint",
            },
        ),
        (
            "DenyStateBucket",
            [STATE, f"{STATE}/*"],
            {
                "s3:DeleteBucket",
                "s3:DeleteBucketPolicy",
                "s3:DeleteObjectVersion",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
            },
        ),
        ("DenyStateKey", ["*"], {"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}),
        (
            "DenyStateKeysAlias",
            [f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:alias/notifications-state"],
            {"kms:DeleteAlias", "kms:UpdateAlias"},
        ),
    ],
)
def test_a_deployment_cannot_change_what_holds_it(ceiling, sid, resources, among):
    """Its roles, its boundary, the trust in GitHub, the state's bucket and key are a person's to change."""
    denied = ceiling[sid]
    assert (denied["Effect"], denied["Resource"]) == ("Deny", resources)
    assert among <= set(denied["Action"])


def test_only_the_states_key_is_closed_to_deployments(ceiling):
    """The system's own key is theirs; the state's is known by its alias."""
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/notifications-state"}}
    assert ceiling["DenyStateKey"]["Condition"] == condition
    assert {
        "ManageRoles",
        "StayWithinServices",
        "TakeLoadRoles",
    } == {sid for sid, one in ceiling.items() if one["Effect"] == "Allow"}


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_workloads_get_what_they_ask_for(request, workload, name):
    """Every action of every role of the system lies within the boundary, so that no task fails for it."""
    plan = request.getfixturevalue(name)
    asked = {action for role in plan.role_names for one in plan.policies_of(role) for action in one.actions}
    assert set() == asked - actions(workload)
    assert "logs:PutLogEvents" in asked


def test_proxies_get_the_certificates_they_ask_for(standalone, workload):
    """The role that issues Service Connect's certificates works within the boundary too."""
    roles = {role for role in standalone.role_names if role.endswith("-service-connect-tls")}
    asked = {action for role in roles for one in standalone.policies_of(role) for action in one.actions}
    assert set() == asked - actions(workload)
    assert "acm-pca:IssueCertificate" in asked


def test_workloads_get_no_more(workload):
    """No task comes to identities, to the state, or to anybody else's queue."""
    services = {action.split(":")[0] for action in actions(workload)}
    assert {
        "acm-pca",
        "appmesh",
        "dynamodb",
        "ecr",
        "kms",
        "logs",
        "secretsmanager",
        "ses",
        "sqs",
        "ssm",
        "ssmmessages",
    } == services
    nameless = {sid for sid, one in workload.items() if one["Resource"] == ["*"]}
    assert {"UseWhatHasNoName"} == nameless
    assert {"StringEquals": {"aws:ResourceTag/Application": "notifications"}} == workload["UseOwnKey"][
        "Condition"
    ]
    assert workload["UseKeysThroughServices"]["Condition"] == {
        "StringEquals": {
            "kms:ViaService": [
                f"{service}.eu-central-1.amazonaws.com"
                for service in ("dynamodb", "secretsmanager", "sqs", "ssm")
            ]
        }
    }
    whose = {
        "IssueCertificates",
        "KeepCertificates",
        "SendMail",
        "UseKeysThroughServices",
        "UseOwnKey",
        "UseWhatHasNoName",
    }
    named = {sid for sid, one in workload.items() if all("notifications-*" in arn for arn in one["Resource"])}
    assert {"PullImages"} == workload.keys() - named - whose


def _attached(plan, role):
    """Keys of a role's attachments, by the attachments' name."""
    found: dict[str, set[str]] = {}
    for address, values in plan.all("aws_iam_role_policy_attachment").items():
        if values["role"] == role:
            found.setdefault(address.split(".")[1].split("[")[0], set()).add(key(address))
    return found
