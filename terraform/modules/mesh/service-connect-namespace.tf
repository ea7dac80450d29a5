# Service Connect makes Cloud Map services of its own and refuses a name that somebody else has made
# in the same namespace. The tasks' DNS names are such: they keep the private DNS namespace, and
# Service Connect gets one without DNS.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
resource "aws_service_discovery_http_namespace" "service_connect" {
  count = local.service_connect ? 1 : 0

  name        = var.name
  description = "Endpoints of Service Connect"

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  service_connect = var.mode == "service_connect"
}
