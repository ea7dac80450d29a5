resource "aws_appmesh_virtual_router" "this" {
  for_each = { for name, service in var.services : name => service if local.app_mesh }

  name      = each.key
  mesh_name = aws_appmesh_mesh.this[0].name

  spec {
    listener {
      port_mapping {
        port     = each.value.port
        protocol = "http"
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
