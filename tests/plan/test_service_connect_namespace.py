import json
import re

import pytest

from tests.plan.offline import ROOT_MODULE

NAMESPACE = "aws_service_discovery_http_namespace"
LOG_GROUP = "aws_cloudwatch_log_group"
ROLE = "standalone-service-connect-tls"
ACCOUNT = "eu-central-1:123456789012"
KEY = f"arn:aws:kms:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
AUTHORITY = f"arn:aws:acm-pca:{ACCOUNT}:certificate-authority/11111111-2222-3333-4444-555555555555"
SECRETS = f"arn:aws:secretsmanager:{ACCOUNT}:secret:ecs-sc!*"
MESHES = {"service_connect", "tls", "app_mesh", "none", "least", "most"}


@pytest.fixture
def members(standalone):
    """What the services learn of a mesh that is Service Connect without certificates."""
    return standalone.outputs["mesh"]["service_connect"]


@pytest.fixture
def encrypted(standalone):
    """What the services learn of Service Connect with a certificate authority."""
    return standalone.outputs["mesh"]["tls"]


@pytest.fixture
def statements(standalone):
    """What ECS may do to keep the certificates."""
    return standalone.policy_statements(ROLE)


def _meshes_with(standalone, kind):
    return {
        address.split(".")[1].removeprefix("mesh_")
        for address in standalone.all(kind)
        if address.startswith("module.mesh_")
    }


def test_service_connect_is_the_mesh_unless_another_is_chosen(staging):
    """AWS recommends it, and App Mesh is closed."""
    assert "notifications-staging" == staging.one(NAMESPACE)["name"]
    assert {} == staging.all("aws_appmesh_mesh")


def test_service_connect_has_a_namespace_of_its_own(standalone):
    """It refuses to make a name that Cloud Map's DNS services have in the same namespace."""
    namespace = standalone.all(NAMESPACE)[f"module.mesh_service_connect.{NAMESPACE}.service_connect[0]"]
    assert "standalone" == namespace["name"]


def test_nothing_of_service_connect_is_made_in_another_mode(standalone):
    """A namespace that nobody uses would mislead."""
    assert MESHES == set(standalone.outputs["mesh"])
    assert {"service_connect", "tls", "most"} == _meshes_with(standalone, NAMESPACE)
    assert {"tls"} == _meshes_with(standalone, "aws_iam_role")
    assert {"tls"} == _meshes_with(standalone, "aws_iam_role_policy")


def test_what_service_connect_is_made_of(standalone):
    """One namespace, one log group and one role with its two policies are all."""
    kinds = (NAMESPACE, LOG_GROUP, "aws_iam_role", "aws_iam_role_policy")
    addresses = {address for kind in kinds for address in standalone.all(kind) if ".mesh_tls." in address}
    assert addresses == {
        f"module.mesh_tls.{NAMESPACE}.service_connect[0]",
        f"module.mesh_tls.{LOG_GROUP}.proxies[0]",
        "module.mesh_tls.aws_iam_role.tls[0]",
        "module.mesh_tls.aws_iam_role_policy.tls[0]",
        "module.mesh_tls.aws_iam_role_policy.tls_key[0]",
    }


@pytest.mark.parametrize("mesh", ["app_mesh", "least", "none"])
def test_no_member_joins_service_connect_in_another_mode(standalone, mesh):
    """ECS refuses a task that is in two meshes."""
    members = standalone.outputs["mesh"][mesh]
    assert set() == {name for name, one in members.items() if one["service_connect"] is not None}
    assert len(members) > 1


def test_mode_none_gives_each_service_nothing(standalone):
    """Cloud Map's names alone are left."""
    nothing = {"service_connect": None, "app_mesh": None}
    names = ("notification-api", "notification-api-canary", "email-sender", "email-sender-canary")
    assert standalone.outputs["mesh"]["none"] == dict.fromkeys(names, nothing)


def test_a_called_service_is_a_server(members):
    """The Email Sender answers under the name that it has without a mesh."""
    assert {
        "log_group": "/ecs/standalone/mesh",
        "port_name": "http",
        "server": {
            "discovery_name": "email-sender",
            "dns_name": "email-sender.standalone.internal",
            "port": 8081,
            "idle_timeout": 300,
            "per_request_timeout": 10,
        },
        "tls": None,
    } == members["email-sender"]["service_connect"]


@pytest.mark.parametrize("name", ["notification-api", "notification-api-canary", "email-sender-canary"])
def test_who_only_calls_is_no_server(members, encrypted, name):
    """The API and its canary are reached through the load balancer, the Email Sender's canary by nobody."""
    client = {"log_group": "/ecs/standalone/mesh", "port_name": "http", "server": None, "tls": None}
    assert members[name] == {"service_connect": client, "app_mesh": None}
    assert encrypted[name] == {"service_connect": client, "app_mesh": None}


def test_a_server_waits_as_long_as_it_is_told(standalone):
    """Timeouts are an input."""
    server = standalone.outputs["mesh"]["most"]["a"]["service_connect"]["server"]
    assert (7, 6) == (server["idle_timeout"], server["per_request_timeout"])


def test_members_stand_on_the_namespace_and_the_log_group(standalone):
    """ECS refuses a namespace, and its agent a log group, that does not exist."""
    sources = standalone.output_sources("mesh")
    assert f"module.mesh_service_connect.{NAMESPACE}.service_connect" in sources
    assert f"module.mesh_service_connect.{LOG_GROUP}.proxies" in sources
    assert "module.mesh_tls.aws_iam_role.tls" in sources


@pytest.mark.parametrize("mesh", ["service_connect", "app_mesh"])
def test_proxies_log_encrypted_and_for_a_time(standalone, mesh):
    """What proxies say of requests is kept like every other log."""
    group = standalone.all(LOG_GROUP)[f"module.mesh_{mesh}.{LOG_GROUP}.proxies[0]"]
    assert ("/ecs/standalone/mesh", KEY) == (group["name"], group["kms_key_id"])
    assert 14 == group["retention_in_days"]


def test_without_a_mesh_there_are_no_proxies_to_log(standalone):
    """Every mesh has a log group, and nothing else has."""
    assert MESHES - {"none"} == _meshes_with(standalone, LOG_GROUP)


def test_a_certificate_authority_turns_encryption_on(encrypted):
    """The server's proxy gets its certificate from that authority, kept with the system's key."""
    assert encrypted["email-sender"]["service_connect"]["tls"] == {
        "certificate_authority_arn": AUTHORITY,
        "kms_key_arn": KEY,
        "role_arn": f"arn:aws:iam::123456789012:role/{ROLE}",
    }


def test_ecs_of_this_account_keeps_the_certificates(standalone):
    """Nobody else takes the role, not even ECS on behalf of another account."""
    role = standalone.one("aws_iam_role", name=ROLE)
    assert json.loads(role["assume_role_policy"])["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "ecs.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{ACCOUNT}:*"},
            },
        }
    ]


@pytest.mark.parametrize(
    ("sid", "resource", "actions"),
    [
        ("CreateSecrets", SECRETS, {"secretsmanager:CreateSecret", "secretsmanager:TagResource"}),
        (
            "RenewSecrets",
            SECRETS,
            {
                "secretsmanager:DeleteSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:RotateSecret",
                "secretsmanager:UpdateSecret",
                "secretsmanager:UpdateSecretVersionStage",
            },
        ),
        ("DescribeSecrets", SECRETS, {"secretsmanager:DescribeSecret"}),
        (
            "ReadCertificates",
            AUTHORITY,
            {
                "acm-pca:DescribeCertificateAuthority",
                "acm-pca:GetCertificate",
                "acm-pca:GetCertificateAuthorityCertificate",
            },
        ),
        ("IssueCertificates", AUTHORITY, {"acm-pca:IssueCertificate"}),
        ("UseKey", KEY, {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"}),
    ],
)
def test_ecs_may_keep_certificates_and_nothing_else(statements, sid, resource, actions):
    """Each permission is for this system's authority, key or secrets of Service Connect."""
    statement = statements[sid]
    assert (statement.effect, statement.resources, statement.actions) == ("Allow", {resource}, actions)


def test_permissions_hold_on_conditions_only(statements):
    """ECS makes and renews secrets that are Service Connect's, and never certifies an authority."""
    assert {sid: one.condition for sid, one in statements.items()} == {
        "CreateSecrets": {
            "ArnLike": {
                "aws:RequestTag/AmazonECSCreated": [
                    f"arn:aws:ecs:{ACCOUNT}:service/*/*",
                    f"arn:aws:ecs:{ACCOUNT}:task-set/*/*",
                ]
            },
            "StringEquals": {"aws:RequestTag/AmazonECSManaged": "true"},
        },
        "RenewSecrets": {
            "StringEquals": {"secretsmanager:ResourceTag/aws:secretsmanager:owningService": "ecs-sc"}
        },
        "DescribeSecrets": {},
        "ReadCertificates": {},
        "IssueCertificates": {
            "StringEquals": {"acm-pca:TemplateArn": "arn:aws:acm-pca:::template/EndEntityCertificate/V1"}
        },
        "UseKey": {},
    }


@pytest.mark.parametrize("policy", ["tls", "tls_key"])
def test_policies_follow_the_role(standalone, policy):
    """A policy is put on the role once there is one."""
    assert {"module.mesh_tls.aws_iam_role.tls"} == standalone.sources(
        f"module.mesh_tls.aws_iam_role_policy.{policy}", "role"
    )


def test_services_leave_a_mesh_before_it_is_taken_down(offline):
    """Terraform destroys what a service has been moved off, and not what it still stands on."""
    files = sorted((ROOT_MODULE / "modules" / "mesh").glob("*.tf"))
    text = "\n".join(offline.source(f"modules/mesh/{path.name}") for path in files)
    blocks = re.findall(r'^resource "(\w+)" "(\w+)" {\n(.*?)^}', text, re.MULTILINE | re.DOTALL)
    after = {f"{kind}.{name}" for kind, name, body in blocks if "create_before_destroy = true" in body}
    assert {
        "aws_appmesh_mesh.this",
        "aws_appmesh_route.this",
        "aws_appmesh_virtual_node.this",
        "aws_appmesh_virtual_router.this",
        "aws_appmesh_virtual_service.this",
        "aws_cloudwatch_log_group.proxies",
        "aws_iam_role.tls",
        "aws_iam_role_policy.tls",
        "aws_iam_role_policy.tls_key",
        "aws_service_discovery_http_namespace.service_connect",
    } == after
    assert len(after) == len(blocks)


def test_services_wait_for_all_that_they_need_of_a_mesh(standalone):
    """A task that starts before its routes and its certificate meets neither."""
    mesh = standalone.configuration["module_calls"]["mesh_app_mesh"]["module"]
    assert {
        "aws_appmesh_route.this",
        "aws_appmesh_virtual_service.this",
        "aws_iam_role_policy.tls",
        "aws_iam_role_policy.tls_key",
    } == set(mesh["outputs"]["members"]["depends_on"])
