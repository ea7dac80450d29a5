# What both services stand on. They themselves are in notification-api.tf and email-sender.tf.

module "encryption" {
  source = "./modules/encryption"

  aws  = local.aws
  name = local.name
}

module "network" {
  source = "./modules/network"

  aws                      = local.aws
  name                     = local.name
  permissions_boundary_arn = local.permissions_boundary_arn
  cidr_block               = var.vpc_cidr
  availability_zones       = var.availability_zones
  nat_gateway_per_zone     = var.nat_gateway_per_zone
  private_endpoints        = var.private_endpoints
  kms_key_arn              = module.encryption.key_arn
  log_retention_days       = var.log_retention_days

  # Envoy asks App Mesh for its configuration, ECS Exec has its own way in.
  interface_endpoints = concat(
    ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"],
    var.service_mesh == "app_mesh" ? ["appmesh-envoy-management"] : [],
    var.execute_command ? ["ssmmessages"] : [],
  )
}

module "registry" {
  source = "./modules/registry"

  aws          = local.aws
  name         = local.name
  repositories = ["notification-api", "email-sender"]
  force_delete = !local.production
  kms_key_arn  = module.encryption.key_arn
}

module "cluster" {
  source = "./modules/cluster"

  name               = local.name
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
}

module "queue" {
  source = "./modules/queue"

  aws                        = local.aws
  name                       = "${local.name}-mail"
  visibility_timeout         = local.visibility_timeout
  retention_days             = local.mail_retention_days
  dead_letter_retention_days = local.dead_letter_retention_days
}

# What became of mails is told by SES alone.
module "mail" {
  source = "./modules/mail"
  count  = local.smtp ? 0 : 1

  aws                = local.aws
  name               = local.name
  domain             = local.mail_domain
  create_identity    = var.mail.create_identity
  kms_key_arn        = module.encryption.key_arn
  visibility_timeout = local.visibility_timeout
}

module "ledger" {
  source = "./modules/ledger"

  aws                 = local.aws
  name                = coalesce(var.ledger_table_name, "${local.name}-deliveries")
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = local.production
}

module "secrets" {
  source = "./modules/secrets"

  aws         = local.aws
  name        = local.name
  kms_key_arn = module.encryption.key_arn
  keep_days   = local.production ? 30 : 0

  # What operators may read, by service and by the name of the environment variable.
  settings = {
    notification-api = {
      LOG_LEVEL = var.log_level
      SMTPUTF8  = tostring(var.mail.smtputf8)
    }
    email-sender = merge(
      {
        LOG_LEVEL     = var.log_level
        MAIL_FROM     = local.mail_from
        MAIL_PROVIDER = var.mail.provider
      },
      var.mail.from_name == null ? {} : { MAIL_FROM_NAME = var.mail.from_name },
      local.smtp ? {
        SMTP_HOST         = var.mail.smtp_host
        SMTP_PORT         = tostring(var.mail.smtp_port)
        SMTP_IMPLICIT_TLS = tostring(local.smtp_implicit_tls)
        SMTP_STARTTLS     = tostring(var.mail.smtp_starttls)
      } : {},
      # Left out, the Email Sender says the domain of MAIL_FROM as DNS has it.
      local.smtp && var.mail.smtp_helo_name != null ? { SMTP_HELO_NAME = var.mail.smtp_helo_name } : {},
    )
  }

  smtp_login               = local.smtp_login
  smtp_credentials         = var.smtp_credentials
  smtp_credentials_version = var.smtp_credentials_version
  api_keys                 = var.api_keys
  api_keys_version         = var.api_keys_version
}

module "discovery" {
  source = "./modules/discovery"

  namespace = "${local.name}.internal"
  vpc_id    = module.network.vpc_id
  services  = ["notification-api", "notification-api-canary", "email-sender"]
}

module "mesh" {
  source = "./modules/mesh"

  aws                       = local.aws
  name                      = local.name
  permissions_boundary_arn  = local.permissions_boundary_arn
  mode                      = var.service_mesh
  namespace                 = module.discovery.namespace
  kms_key_arn               = module.encryption.key_arn
  log_retention_days        = var.log_retention_days
  certificate_authority_arn = var.mesh_certificate_authority_arn

  services = {
    notification-api = { port = local.notification_api_port, health_check_path = "/healthz", calls = ["email-sender"] }
    email-sender     = { port = local.email_sender_port, health_check_path = "/healthz", calls = [] }
  }

  canary = { service = "notification-api", weight = local.canary_weight }
}

module "load_balancer" {
  source = "./modules/load_balancer"

  aws                 = local.aws
  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  allowed_cidr_blocks = var.allowed_cidr_blocks
  listener_mode       = var.listener_mode
  certificate_arn     = var.certificate_arn
  deletion_protection = local.production
  log_retention_days  = var.log_retention_days
  domain_name         = var.domain_name
  hosted_zone_id      = var.hosted_zone_id

  # By way of the service, so that requests come after its tasks and end before them.
  canary = var.canary == null ? null : {
    service_name = module.notification_api_canary[0].name
    weight       = local.canary_weight
  }

  target = {
    port              = local.notification_api_port
    health_check_path = "/healthz"
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  aws         = local.aws
  name        = local.name
  environment = var.environment
  kms_key_arn = module.encryption.key_arn
  subscribers = var.alarm_emails
  runbook_url = var.runbook_url
  thresholds  = var.alarm_thresholds

  cluster_name           = module.cluster.name
  queue_name             = module.queue.name
  priority_queue_name    = module.queue.priority_name
  dead_letter_queue_name = module.queue.dead_letter_queue_name
  load_balancer          = module.load_balancer.metric_dimensions

  mail_events = local.smtp ? null : {
    queue_name             = local.mail.queue.name
    dead_letter_queue_name = local.mail.dead_letter_queue.name
  }

  # CPU targets, to draw beside what is used.
  services = {
    notification-api = { cpu_target = var.notification_api.cpu_target }
    email-sender     = { cpu_target = var.email_sender.cpu_target }
  }
}
