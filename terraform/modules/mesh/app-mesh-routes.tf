# Two routes to each service, because what may be tried again depends on the method. The services
# ask each other for what they know (GET /v1/notifications/{id}), which may be asked any number of
# times: a task that dies under such a request is hidden from the caller.
resource "aws_appmesh_route" "this" {
  for_each = { for route in local.routes : "${route.service}/${route.name}" => route if local.app_mesh }

  name                = each.value.name
  mesh_name           = aws_appmesh_mesh.this[0].name
  virtual_router_name = aws_appmesh_virtual_router.this[each.value.service].name

  spec {
    priority = each.value.priority

    http_route {
      match {
        prefix = "/"
        method = each.value.method
      }

      action {
        dynamic "weighted_target" {
          for_each = local.weights[each.value.service]

          content {
            virtual_node = aws_appmesh_virtual_node.this[weighted_target.key].name
            port         = var.services[each.value.service].port
            weight       = weighted_target.value
          }
        }
      }

      retry_policy {
        max_retries       = local.max_retries
        tcp_retry_events  = ["connection-error"]
        http_retry_events = each.value.http_retry_events

        per_retry_timeout {
          unit  = "s"
          value = var.timeouts.per_try
        }
      }

      timeout {
        idle {
          unit  = "s"
          value = var.timeouts.idle
        }

        per_request {
          unit  = "s"
          value = var.timeouts.per_request
        }
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
