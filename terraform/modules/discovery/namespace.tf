resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = var.namespace
  description = "Names of the services inside the VPC"
  vpc         = var.vpc_id
}
