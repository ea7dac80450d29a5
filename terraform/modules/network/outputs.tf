output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets with a route to the internet gateway, for the load balancer."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets with a route to a NAT gateway, for tasks."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]

  # A task that starts before its way out exists cannot pull its image.
  depends_on = [aws_route.nat, aws_route_table_association.private]
}
