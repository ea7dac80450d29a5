locals {
  # Seconds between SIGTERM and SIGKILL. There is a whole mail to finish: the Email Sender gives up what it has
  # in hand before SIGKILL, and one that has nothing in hand ends at once. A mail of 100 seconds comes to 120,
  # which is Fargate's limit
  # (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, stopTimeout).
  email_sender_shutdown_timeout = ceil(var.email_sender.send_timeout) + 10
  email_sender_stop_timeout     = local.email_sender_shutdown_timeout + 10

  # The canary differs from the stable service in its image, its tasks and the release that it counts for alone.
  email_sender = {
    environment = merge(
      {
        ENVIRONMENT                = var.environment
        QUEUE_NAME                 = module.queue.name
        PRIORITY_QUEUE_NAME        = module.queue.priority_name
        DEAD_LETTER_QUEUE_NAME     = module.queue.dead_letter_queue_name
        LEDGER_TABLE               = module.ledger.name
        LEDGER_RETENTION_DAYS      = tostring(var.email_sender.ledger_retention_days)
        UNKNOWN_OUTCOME            = var.email_sender.unknown_outcome
        SEND_RATE                  = tostring(var.email_sender.send_rate)
        CONCURRENCY                = tostring(var.email_sender.concurrency)
        MAX_ATTEMPTS               = tostring(var.email_sender.max_attempts)
        MAX_AGE_SECONDS            = tostring(var.email_sender.max_age_hours * 60 * 60)
        SEND_TIMEOUT_SECONDS       = tostring(var.email_sender.send_timeout)
        VISIBILITY_TIMEOUT_SECONDS = tostring(local.visibility_timeout)
        SHUTDOWN_TIMEOUT_SECONDS   = tostring(local.email_sender_shutdown_timeout)
      },
      local.smtp_login ? { SMTP_SECRET = module.secrets.smtp_secret.name } : {},
      local.smtp ? {} : {
        SES_CONFIGURATION_SET              = local.mail.configuration_set.name
        MAIL_EVENTS_QUEUE_NAME             = local.mail.queue.name
        MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME = local.mail.dead_letter_queue.name
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

    # Mail leaves the VPC: SES has its API on 443, an SMTP server its own port.
    internet_ports = [local.smtp ? var.mail.smtp_port : 443]
  }
}

module "email_sender" {
  source = "./modules/service"

  aws                      = local.aws
  name                     = "email-sender"
  name_prefix              = local.name
  cluster_arn              = module.cluster.arn
  image                    = "${module.registry.repository_urls["email-sender"]}:${var.image_tag}"
  image_repository_arn     = module.registry.repository_arns["email-sender"]
  permissions_boundary_arn = local.permissions_boundary_arn
  cpu                      = var.email_sender.cpu
  memory                   = var.email_sender.memory
  cpu_architecture         = var.cpu_architecture
  spot_share               = var.email_sender.spot_share
  port                     = local.services["email-sender"].port
  stop_timeout             = local.email_sender_stop_timeout
  initial_count            = var.email_sender.min_tasks
  execute_command          = var.execute_command

  environment     = merge(local.email_sender.environment, { RELEASE = "stable" })
  settings        = module.secrets.parameters["email-sender"]
  settings_digest = module.secrets.settings_digests["email-sender"]
  permissions     = local.email_sender_permissions
  health_check    = local.email_sender.health_check
  internet_ports  = local.email_sender.internet_ports
  callers         = { notification-api = module.notification_api.security_group_id }

  network               = module.network
  discovery_service_arn = module.discovery.service_arns["email-sender"]
  mesh                  = module.mesh.members["email-sender"]
  rollback_alarms       = module.monitoring.rollback_alarms["email-sender"]
  kms_key_arn           = module.encryption.key_arn
  log_retention_days    = var.log_retention_days
}
