# Both ends of the way from each service that calls this one.
resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = var.callers

  description                  = "Tasks of ${each.key}"
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "${local.full_name} from ${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "callers" {
  for_each = var.callers

  description                  = "Tasks of ${var.name}"
  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.this[0].id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "${each.key} to ${local.full_name}" }
}
