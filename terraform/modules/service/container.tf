locals {
  full_name   = "${var.name_prefix}-${var.name}"
  environment = merge(var.environment, { SERVICE_NAME = local.counts_for, PORT = tostring(var.port) })

  container = merge(
    {
      name         = var.name
      image        = var.image
      essential    = true
      portMappings = [merge(local.port_mapping, local.service_connect_port)]
      environment  = [for name, value in local.environment : { name = name, value = value }]

      # Seconds between SIGTERM and SIGKILL.
      stopTimeout = var.stop_timeout

      user = var.user
      # The agent behind ECS Exec writes into the container
      # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations).
      readonlyRootFilesystem = !var.execute_command
      linuxParameters = {
        initProcessEnabled = true
        capabilities       = { drop = ["ALL"] }
      }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = local.application_logs
          awslogs-region        = var.aws.region
          awslogs-stream-prefix = "task"
        }
      }
    },
    local.health_check,
    local.secrets,
    local.labels,
    local.after_envoy,
  )

  port_mapping = { containerPort = var.port, hostPort = var.port, protocol = "tcp" }

  health_check = var.health_check == null ? {} : {
    healthCheck = {
      command     = var.health_check.command
      interval    = var.health_check.interval
      timeout     = var.health_check.timeout
      retries     = var.health_check.retries
      startPeriod = var.health_check.start_period
    }
  }

  secrets = length(var.settings) == 0 ? {} : {
    secrets = [for name, parameter in var.settings : { name = name, valueFrom = parameter }]
  }

  # ECS reads the values when a task starts; the label makes a new deployment of a changed one.
  labels = var.settings_digest == null ? {} : { dockerLabels = { settings = var.settings_digest } }
}
