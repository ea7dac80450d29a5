# AWS's own services, without leaving the VPC: both ends of the way to the interface endpoints, and
# the gateway endpoints, which have prefix lists instead of a group.
resource "aws_vpc_security_group_egress_rule" "endpoints" {
  count = local.interface_endpoints && !local.is_candidate ? 1 : 0

  description                  = "AWS services by interface endpoints"
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = var.network.endpoint_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${local.full_name} to interface endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = local.interface_endpoints && !local.is_candidate ? 1 : 0

  description                  = "Tasks of ${var.name}"
  security_group_id            = var.network.endpoint_security_group_id
  referenced_security_group_id = aws_security_group.this[0].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "interface endpoints from ${local.full_name}" }
}

# Counted, because the ids are unknown until the endpoints exist.
resource "aws_vpc_security_group_egress_rule" "prefix_lists" {
  count = local.is_candidate ? 0 : length(var.network.prefix_list_ids)

  description       = "AWS services by gateway endpoint"
  security_group_id = aws_security_group.this[0].id
  prefix_list_id    = var.network.prefix_list_ids[count.index]
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${local.full_name} to a gateway endpoint" }
}

locals {
  # The group's id is unknown until it exists, so it cannot tell.
  interface_endpoints = var.network.private_endpoints == "all"
}
