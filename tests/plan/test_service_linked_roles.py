"""Roles of AWS's own services: a fresh account has none, and a service asks for its own too late."""

MADE = {
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
}


def test_the_account_has_the_roles_before_the_first_apply(bootstrap):
    """Of every service that the system is the first to use."""
    roles = bootstrap.all("aws_iam_service_linked_role").values()
    assert MADE == {role["aws_service_name"] for role in roles}


def test_deployments_may_have_the_same_roles_made(bootstrap):
    """By the names that AWS gives them; App Mesh's is for accounts that have it."""
    text = "".join(one["policy"] for one in bootstrap.all("aws_iam_policy").values())
    roles = bootstrap.written("data.aws_iam_roles.service_linked")
    assert ["each.key"] == roles["path_prefix"]["references"]
    assert [] == [
        service for service in MADE if f"role/aws-service-role/{service}/AWSServiceRoleFor" not in text
    ]


def test_a_role_that_was_there_before_stays_as_it_was(offline):
    """It is taken into the state, neither tagged nor described anew, and never destroyed."""
    text = offline.source("bootstrap/service-linked-roles.tf")
    assert "prevent_destroy = true" in text
    assert "ignore_changes = [description, tags, tags_all]" in text
    assert "to = aws_iam_service_linked_role.this[each.key]" in text
