resource "aws_security_group" "this" {
  name        = local.full_name
  description = "Tasks of ${var.name}"
  vpc_id      = var.network.vpc_id

  tags = { Name = local.full_name }
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each = toset([for port in var.egress_ports : tostring(port)])

  description       = "Port ${each.key} to anywhere, through the NAT gateway"
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.key
  to_port           = each.key
}

# Both ends of the way from the load balancer, each naming the other's group.
resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  count = var.load_balancer == null ? 0 : 1

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "${local.full_name} from the load balancer" }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  count = var.load_balancer == null ? 0 : 1

  security_group_id            = var.load_balancer.security_group_id
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  tags = { Name = "load balancer to ${local.full_name}" }
}
