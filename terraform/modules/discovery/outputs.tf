output "namespace" {
  description = "DNS name that the services are found under."
  value       = aws_service_discovery_private_dns_namespace.this.name
}

output "service_arns" {
  description = "ARN of each Cloud Map service, by name."
  value       = { for name, service in aws_service_discovery_service.this : name => service.arn }
}

output "names" {
  description = "DNS name of each service, by name."
  value = {
    for name, service in aws_service_discovery_service.this :
    name => "${service.name}.${aws_service_discovery_private_dns_namespace.this.name}"
  }
}
