locals {
  full_name = "${var.name_prefix}-${var.name}"

  container = merge(
    {
      name         = var.name
      image        = var.image
      essential    = true
      portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
      environment  = [for name, value in local.environment : { name = name, value = value }]

      # Seconds between SIGTERM and SIGKILL.
      stopTimeout = var.stop_timeout

      user                   = var.user
      readonlyRootFilesystem = true
      linuxParameters = {
        initProcessEnabled = true
        capabilities       = { drop = ["ALL"] }
      }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.aws.region
          awslogs-stream-prefix = "task"
        }
      }
    },
    var.health_check == null ? {} : {
      healthCheck = {
        command     = var.health_check.command
        interval    = var.health_check.interval
        timeout     = var.health_check.timeout
        retries     = var.health_check.retries
        startPeriod = var.health_check.start_period
      }
    },
  )

  environment = merge(var.environment, { SERVICE_NAME = var.name, PORT = tostring(var.port) })
}
