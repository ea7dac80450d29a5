resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = var.namespace
  description = "Names of the services inside the VPC"
  vpc         = var.vpc_id
}

resource "aws_service_discovery_service" "this" {
  for_each = var.services

  name = each.key

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.this.id
    routing_policy = "MULTIVALUE"

    # Short, because tasks come and go with the load.
    dns_records {
      type = "A"
      ttl  = 10
    }
  }

  # ECS reports the health of tasks; Route 53 cannot reach private addresses.
  health_check_custom_config {
    failure_threshold = 1
  }
}
