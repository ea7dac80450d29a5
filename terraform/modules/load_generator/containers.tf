locals {
  # What each may read by its task role, and what it is told; the rest comes with RunTask.
  roles = {
    master = {
      environment = { LOAD_CONTROL = aws_ssm_parameter.control.name }
      ports       = [{ containerPort = local.master_port, hostPort = local.master_port, protocol = "tcp" }]
      permission = {
        sid       = "ReadControl"
        actions   = ["ssm:GetParameters"]
        resources = ["arn:${var.aws.partition}:ssm:${var.aws.region}:${var.aws.account_id}:parameter${local.control}"]
      }
    }

    worker = {
      environment = { LOAD_KEY_SECRET = aws_secretsmanager_secret.key.name }
      ports       = []
      permission = {
        sid     = "ReadKey"
        actions = ["secretsmanager:GetSecretValue"]
        # Secrets Manager puts six characters behind a secret's name
        # (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html).
        resources = ["arn:${var.aws.partition}:secretsmanager:${var.aws.region}:${var.aws.account_id}:secret:${local.key}-??????"]
      }
    }
  }

  # Locust's own (https://docs.locust.io/en/stable/configuration.html, master-port).
  master_port = 5557

  containers = {
    for role, settings in local.roles : role => {
      name         = local.container
      image        = var.image
      essential    = true
      portMappings = settings.ports
      environment = [
        for name, value in merge(settings.environment, { LOAD_ROLE = role }) : { name = name, value = value }
      ]

      # Seconds between SIGTERM and SIGKILL: requests in flight are seen through, and written down.
      stopTimeout = 60

      user                   = "10001:10001"
      readonlyRootFilesystem = true
      mountPoints            = [{ sourceVolume = "scratch", containerPath = "/load", readOnly = false }]
      linuxParameters = {
        initProcessEnabled = true
        capabilities       = { drop = ["ALL"] }
      }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.aws.region
          awslogs-stream-prefix = local.stream_prefix
          # Each line is a request: none may be dropped, as they are without this where a buffer is full
          # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html).
          mode = "blocking"
        }
      }
    }
  }

  container     = "load-generator"
  stream_prefix = "load"
}
