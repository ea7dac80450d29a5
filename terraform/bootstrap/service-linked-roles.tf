# Roles that AWS's own services work with in this account. A service makes its own on first use, which in a
# fresh account comes too late for the next call: PutClusterCapacityProviders behind the first CreateCluster
# is refused (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html).
resource "aws_iam_service_linked_role" "this" {
  for_each = local.service_linked_roles

  aws_service_name = each.key

  lifecycle {
    # Whatever else runs in the account may use it too.
    prevent_destroy = true

    # One that was there before stays as it was.
    ignore_changes = [description, tags, tags_all]
  }
}

# A role that the account has already is taken into the state instead of being made; one that is in the
# state stays as it is.
import {
  for_each = { for service, found in data.aws_iam_roles.service_linked : service => sort(found.arns)[0] if length(found.arns) > 0 }
  to       = aws_iam_service_linked_role.this[each.key]
  id       = each.value
}

data "aws_iam_roles" "service_linked" {
  for_each = local.service_linked_roles

  # A path of its own for each service.
  path_prefix = "/aws-service-role/${each.key}/"
}

locals {
  service_linked_roles = toset([
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
  ])
}
