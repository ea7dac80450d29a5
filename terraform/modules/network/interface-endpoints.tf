# The other services, by an address in each private subnet. Private DNS gives their usual names that
# address, so that nothing has to be configured in a task.
resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "${local.endpoint_prefixes[each.key]}.${var.aws.region}.${each.key}"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true

  # Envoy's connection to App Mesh knows no endpoint policy
  # (https://docs.aws.amazon.com/app-mesh/latest/userguide/vpc-endpoints.html).
  policy = lookup(local.endpoint_policies, each.key, null)

  tags = { Name = "${var.name}-${each.key}" }
}

# Closed until a service opens its own way in, from its tasks' group on port 443.
resource "aws_security_group" "endpoints" {
  count = var.private_endpoints == "all" ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS from tasks"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }
}

locals {
  interface_endpoints = var.private_endpoints == "all" ? var.interface_endpoints : []
}
