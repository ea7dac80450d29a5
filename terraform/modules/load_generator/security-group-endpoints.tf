# AWS's own services, without leaving the VPC, as a service's tasks reach them.
resource "aws_vpc_security_group_egress_rule" "endpoints" {
  count = local.interface_endpoints ? 1 : 0

  description                  = "AWS services by interface endpoints"
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.network.endpoint_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${local.full_name} to interface endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = local.interface_endpoints ? 1 : 0

  description                  = "Tasks of the load generator"
  security_group_id            = var.network.endpoint_security_group_id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "interface endpoints from ${local.full_name}" }
}

# Image layers come from S3. Counted, because the ids are unknown until the endpoints exist.
resource "aws_vpc_security_group_egress_rule" "prefix_lists" {
  count = length(var.network.prefix_list_ids)

  description       = "AWS services by gateway endpoint"
  security_group_id = aws_security_group.this.id
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
