# Both ends of the way from the load balancer, each naming the other's group.
resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  count = local.is_candidate || var.load_balancer == null ? 0 : 1

  description                  = "Load balancer"
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "${local.full_name} from the load balancer" }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  count = local.is_candidate || var.load_balancer == null ? 0 : 1

  description                  = "Tasks of ${var.name}"
  security_group_id            = var.load_balancer.security_group_id
  referenced_security_group_id = aws_security_group.this[0].id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "load balancer to ${local.full_name}" }
}
