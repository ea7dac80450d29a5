output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets with a route to the internet gateway, for the load balancer."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]

  # A load balancer that faces the internet is refused in subnets without a way there.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Subnets with a route to a NAT gateway and to every endpoint, for tasks."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]

  # A task that starts before its ways out exist cannot pull its image.
  depends_on = [
    aws_route.nat,
    aws_route_table_association.private,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
  ]
}

output "nat_addresses" {
  description = "Public address of each NAT gateway, by zone: where private subnets are seen to come from."
  value       = { for zone, address in aws_eip.nat : zone => address.public_ip }
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints, for services to open their way to port 443; null without interface endpoints."
  value       = one(aws_security_group.endpoints[*].id)
}

output "private_endpoints" {
  description = "\"all\" where AWS's services have interface endpoints, \"gateway\" where tasks reach them through NAT gateways."
  value       = var.private_endpoints
}

output "prefix_list_ids" {
  description = "Prefix lists of the gateway endpoints (DynamoDB, S3), for tasks' ways out."
  value       = [for service in local.gateway_endpoints : aws_vpc_endpoint.gateway[service].prefix_list_id]
}
