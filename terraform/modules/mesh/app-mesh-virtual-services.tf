# The names that callers use. They are the tasks' DNS names, so that an address is found whether
# there is a mesh or not.
resource "aws_appmesh_virtual_service" "this" {
  for_each = { for name, service in var.services : name => service if local.app_mesh }

  name      = "${each.key}.${var.namespace}"
  mesh_name = aws_appmesh_mesh.this[0].name

  spec {
    provider {
      virtual_router {
        virtual_router_name = aws_appmesh_virtual_router.this[each.key].name
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
