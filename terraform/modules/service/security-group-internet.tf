# What has neither a group nor a prefix list: mail servers, and services of AWS without an endpoint. A
# service of AWS has no address range of its own, so its port is open to anybody's.
resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = toset([for port in local.internet_ports : tostring(port) if !local.is_candidate])

  description       = "Port ${each.key} of anybody, through the NAT gateway"
  security_group_id = aws_security_group.this[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.key
  to_port           = each.key

  tags = { Name = "${local.full_name} to the internet" }
}

locals {
  # Without interface endpoints ECR, CloudWatch Logs, SQS and the others are reached from outside, by HTTPS.
  internet_ports = setunion(var.internet_ports, local.interface_endpoints ? [] : [443])
}
