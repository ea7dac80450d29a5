resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.initial_count

  # The first task never runs on Spot, so that one is left when AWS takes all of Spot back.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 100 - var.spot_share
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = var.spot_share
  }

  # Without it the provider would replace the service, tasks and all, when the strategy changes
  # (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service#capacity_provider_strategy-1).
  force_new_deployment = true

  # A deployment starts the new tasks before it stops the old ones, and undoes itself when they fail
  # to start or raise an alarm.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    alarm_names = var.rollback_alarms
    enable      = true
    rollback    = true
  }

  # An apply ends when the deployment has: its tasks run, or ECS has undone it.
  wait_for_steady_state = true

  # After a zone has failed and come back, tasks spread again.
  availability_zone_rebalancing = "ENABLED"

  # A task may fail the load balancer's checks this long while it starts.
  health_check_grace_period_seconds = var.load_balancer == null ? null : 60

  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true
  enable_execute_command  = var.execute_command

  network_configuration {
    subnets          = var.network.private_subnet_ids
    security_groups  = [local.security_group_id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.load_balancer[*]

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = var.name
      container_port   = var.port
    }
  }

  service_registries {
    registry_arn = var.discovery_service_arn
  }

  dynamic "service_connect_configuration" {
    for_each = var.mesh.service_connect[*]
    iterator = mesh

    content {
      enabled   = true
      namespace = mesh.value.namespace_arn

      log_configuration {
        log_driver = "awslogs"
        options = {
          awslogs-group         = mesh.value.log_group
          awslogs-region        = var.aws.region
          awslogs-stream-prefix = "proxy"
        }
      }

      dynamic "service" {
        for_each = local.service_connect_servers
        iterator = server

        content {
          port_name      = mesh.value.port_name
          discovery_name = server.value.discovery_name

          client_alias {
            dns_name = server.value.dns_name
            port     = server.value.port
          }

          timeout {
            idle_timeout_seconds        = server.value.idle_timeout
            per_request_timeout_seconds = server.value.per_request_timeout
          }

          dynamic "tls" {
            for_each = mesh.value.tls[*]

            content {
              kms_key  = tls.value.kms_key_arn
              role_arn = tls.value.role_arn

              issuer_cert_authority {
                aws_pca_authority_arn = tls.value.certificate_authority_arn
              }
            }
          }
        }
      }
    }
  }

  # The circuit breaker needs three tasks or more, one after the other, each with its start, its grace
  # period and its failed checks; a first deployment has nothing to go back to and ends with the time.
  timeouts {
    create = "20m"
    update = "30m"
    delete = "20m"
  }

  lifecycle {
    # Autoscaling owns it once the service exists.
    ignore_changes = [desired_count]

    # A service that was rolled back is steady too, with the release before.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "ECS has rolled ${var.name} back to ${self.task_definition}: the release did not get healthy, or raised an alarm. Its events and its stopped tasks say why. Take the release back, or the next apply tries it again."
    }
  }

  # Tasks start with their permissions and their ways in and out, and keep them until they are told to stop.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.callers,
    aws_vpc_security_group_egress_rule.endpoints,
    aws_vpc_security_group_egress_rule.internet,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_egress_rule.prefix_lists,
    aws_vpc_security_group_ingress_rule.callers,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
