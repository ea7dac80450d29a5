data "aws_partition" "current" {}

locals {
  name       = "${var.name}-${var.environment}"
  production = var.environment == "production"

  # Names and ARNs are put together from these, so that a plan shows every policy and container
  # definition in full before anything exists.
  aws = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = var.aws_region
    account_id = var.aws_account_id
  }

  # A message may be delivered again once this many seconds have passed: six times what one
  # attempt takes (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html gives
  # the factor for the same race).
  visibility_timeout = ceil(6 * var.email_sender.send_timeout)

  # The service gives up what it has in hand before ECS sends SIGKILL.
  stop_timeout     = 30
  shutdown_timeout = 25

  smtp        = var.mail.provider == "smtp"
  mail_domain = split("@", var.mail.from)[1]
}

module "network" {
  source = "./modules/network"

  name                 = local.name
  cidr_block           = var.vpc_cidr
  availability_zones   = var.availability_zones
  nat_gateway_per_zone = var.nat_gateway_per_zone
}

module "registry" {
  source = "./modules/registry"

  aws          = local.aws
  name         = local.name
  repositories = ["notification-api", "email-sender"]
  force_delete = !local.production
}

module "cluster" {
  source = "./modules/cluster"

  name = local.name
}

module "queue" {
  source = "./modules/queue"

  aws                = local.aws
  name               = "${local.name}-mail"
  visibility_timeout = local.visibility_timeout
}

module "discovery" {
  source = "./modules/discovery"

  namespace = "${local.name}.internal"
  vpc_id    = module.network.vpc_id
  services  = ["notification-api", "email-sender"]
}

module "load_balancer" {
  source = "./modules/load_balancer"

  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  allowed_cidr_blocks = var.allowed_cidr_blocks
  certificate_arn     = var.certificate_arn
  deletion_protection = local.production

  target = {
    name              = "${local.name}-api"
    port              = 8080
    health_check_path = "/healthz"
  }
}

module "notification_api" {
  source = "./modules/service"

  aws                  = local.aws
  name                 = "notification-api"
  name_prefix          = local.name
  cluster_arn          = module.cluster.arn
  image                = "${module.registry.repository_urls["notification-api"]}:${var.image_tag}"
  image_repository_arn = module.registry.repository_arns["notification-api"]
  cpu                  = var.notification_api.cpu
  memory               = var.notification_api.memory
  port                 = 8080
  stop_timeout         = local.stop_timeout
  initial_count        = var.notification_api.min_tasks

  environment = {
    ENVIRONMENT = var.environment
    LOG_LEVEL   = var.log_level
    QUEUE_NAME  = module.queue.name
  }

  permissions = {
    SendToQueue = {
      actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
      resources = [module.queue.arn]
    }
  }

  network               = module.network
  load_balancer         = module.load_balancer.attachment
  discovery_service_arn = module.discovery.service_arns["notification-api"]
  log_retention_days    = var.log_retention_days
}

module "notification_api_autoscaling" {
  source = "./modules/autoscaling"

  cluster_name       = module.cluster.name
  service_name       = module.notification_api.name
  min_tasks          = var.notification_api.min_tasks
  max_tasks          = var.notification_api.max_tasks
  cpu_target         = var.notification_api.cpu_target
  scale_out_cooldown = var.notification_api.scale_out_cooldown
  scale_in_cooldown  = var.notification_api.scale_in_cooldown
}

module "email_sender" {
  source = "./modules/service"

  aws                  = local.aws
  name                 = "email-sender"
  name_prefix          = local.name
  cluster_arn          = module.cluster.arn
  image                = "${module.registry.repository_urls["email-sender"]}:${var.image_tag}"
  image_repository_arn = module.registry.repository_arns["email-sender"]
  cpu                  = var.email_sender.cpu
  memory               = var.email_sender.memory
  port                 = 8081
  stop_timeout         = local.stop_timeout
  initial_count        = var.email_sender.min_tasks

  environment = merge(
    {
      ENVIRONMENT                = var.environment
      LOG_LEVEL                  = var.log_level
      QUEUE_NAME                 = module.queue.name
      CONCURRENCY                = tostring(var.email_sender.concurrency)
      SEND_TIMEOUT_SECONDS       = tostring(var.email_sender.send_timeout)
      VISIBILITY_TIMEOUT_SECONDS = tostring(local.visibility_timeout)
      SHUTDOWN_TIMEOUT_SECONDS   = tostring(local.shutdown_timeout)
      MAIL_PROVIDER              = var.mail.provider
      MAIL_FROM                  = var.mail.from
    },
    local.smtp ? {
      SMTP_HOST     = var.mail.smtp_host
      SMTP_PORT     = tostring(var.mail.smtp_port)
      SMTP_STARTTLS = tostring(var.mail.smtp_starttls)
    } : {},
  )

  permissions = merge(
    {
      ReceiveFromQueue = {
        actions = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
        ]
        resources = [module.queue.arn]
      }
    },
    local.smtp ? {} : {
      SendMail = {
        actions    = ["ses:SendEmail"]
        resources  = ["arn:${local.aws.partition}:ses:${var.aws_region}:${var.aws_account_id}:identity/${local.mail_domain}"]
        conditions = { "ses:FromAddress" = [var.mail.from] }
      }
    },
  )

  # Nothing calls the Email Sender from outside its task, so ECS asks the container itself.
  health_check = {
    command      = ["CMD", "python", "-m", "email_sender.healthcheck"]
    interval     = 15
    timeout      = 5
    retries      = 3
    start_period = 60
  }

  network               = module.network
  egress_ports          = local.smtp ? [443, var.mail.smtp_port] : [443]
  discovery_service_arn = module.discovery.service_arns["email-sender"]
  log_retention_days    = var.log_retention_days
}

module "email_sender_autoscaling" {
  source = "./modules/autoscaling"

  cluster_name       = module.cluster.name
  service_name       = module.email_sender.name
  min_tasks          = var.email_sender.min_tasks
  max_tasks          = var.email_sender.max_tasks
  cpu_target         = var.email_sender.cpu_target
  scale_out_cooldown = var.email_sender.scale_out_cooldown
  scale_in_cooldown  = var.email_sender.scale_in_cooldown
}
