resource "aws_appmesh_mesh" "this" {
  count = local.app_mesh ? 1 : 0

  name = var.name

  spec {
    # Out of the mesh a task reaches AWS's own endpoints, and nothing else through its Envoy
    # (https://docs.aws.amazon.com/app-mesh/latest/APIReference/API_EgressFilter.html).
    egress_filter {
      type = "DROP_ALL"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  app_mesh = var.mode == "app_mesh"
}
