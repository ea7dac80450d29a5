# The load balancer faces the internet, so that its name leads to public addresses: tasks reach it as anybody
# does, through the NAT gateways, and it lets in what comes from these
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-scheme).
resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = toset([for port in local.internet_ports : tostring(port)])

  description       = "Port ${each.key} of anybody, through the NAT gateway"
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.key
  to_port           = each.key

  tags = { Name = "${local.full_name} to the internet" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = var.network.nat_addresses

  description       = "Load generator, through the NAT gateway in ${each.key}"
  security_group_id = var.load_balancer.security_group_id
  cidr_ipv4         = "${each.value}/32"
  ip_protocol       = "tcp"
  from_port         = var.load_balancer.port
  to_port           = var.load_balancer.port

  tags = { Name = "load balancer from ${local.full_name}" }
}

locals {
  # Without interface endpoints AWS's own services are reached from outside as well.
  internet_ports = setunion([var.load_balancer.port], local.interface_endpoints ? [] : [443])
}
