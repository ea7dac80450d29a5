# S3 and DynamoDB by routes of their own: free of charge, and image layers stay off the NAT gateways
# (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html). Their names begin with
# com.amazonaws in every partition.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(local.gateway_endpoints)

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.aws.region}.${each.key}"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  policy            = local.endpoint_policies[each.key]

  tags = { Name = "${var.name}-${each.key}" }
}

locals {
  gateway_endpoints = ["dynamodb", "s3"]
}
