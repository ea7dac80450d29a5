# The way on to the tasks is opened by the service that is behind the load balancer.
resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Load balancer: HTTP from its callers, on to the tasks behind it"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = local.open

  description       = "Port ${each.value.port} from ${each.value.cidr_block}"
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = each.value.cidr_block
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

locals {
  open = {
    for pair in setproduct(local.https ? [443, 80] : [80], var.allowed_cidr_blocks) :
    "${pair[0]} ${pair[1]}" => { port = pair[0], cidr_block = pair[1] }
  }
}
