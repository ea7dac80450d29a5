# A virtual node for each ECS service, found by the addresses of its tasks in Cloud Map.
resource "aws_appmesh_virtual_node" "this" {
  for_each = { for name, service in local.members : name => service if local.app_mesh }

  name      = each.key
  mesh_name = aws_appmesh_mesh.this[0].name

  spec {
    service_discovery {
      aws_cloud_map {
        namespace_name = var.namespace
        service_name   = each.key
      }
    }

    dynamic "backend" {
      for_each = each.value.calls

      content {
        virtual_service {
          virtual_service_name = "${backend.value}.${var.namespace}"
        }
      }
    }

    listener {
      port_mapping {
        port     = each.value.port
        protocol = "http"
      }

      # A saturated task answers late and is not dead: the timeout is longer than its queue.
      health_check {
        protocol            = "http"
        port                = each.value.port
        path                = each.value.health_check_path
        interval_millis     = 10000
        timeout_millis      = 5000
        healthy_threshold   = 2
        unhealthy_threshold = 3
      }

      # What comes from the load balancer passes here too: an idle connection is left for the load
      # balancer to close.
      timeout {
        http {
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

      # Beyond this a task is lost anyway: a 503 at once, which the caller's Envoy takes to another
      # task, is better than a queue.
      connection_pool {
        http {
          max_connections      = 1024
          max_pending_requests = 1024
        }
      }

      # As Service Connect has it. Never more than half: if everything fails, it is not the tasks.
      outlier_detection {
        max_server_errors    = 5
        max_ejection_percent = 50

        interval {
          unit  = "s"
          value = 10
        }

        base_ejection_duration {
          unit  = "s"
          value = 30
        }
      }
    }

    logging {
      access_log {
        file {
          path = "/dev/stdout"
        }
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
