# The modules that the containers under test need, applied as the system's own root applies them.
# What they are given comes from a plan of that root (tests/integration/declared.py), so that a task
# finds here what its task definition names.

module "encryption" {
  source = "../../../terraform/modules/encryption"

  aws  = local.aws
  name = var.name
}

module "queue" {
  source = "../../../terraform/modules/queue"

  aws                        = local.aws
  name                       = var.queue.name
  visibility_timeout         = var.queue.visibility_timeout
  max_receive_count          = var.queue.max_receive_count
  retention_days             = var.queue.retention_days
  dead_letter_retention_days = var.queue.dead_letter_retention_days
}

# What SES does with mails, though here they leave by another server: the tests say what SES would say of them.
module "mail" {
  source = "../../../terraform/modules/mail"

  aws                = local.aws
  name               = var.name
  domain             = var.mail_domain
  create_identity    = true
  kms_key_arn        = module.encryption.key_arn
  visibility_timeout = var.queue.visibility_timeout
}

module "ledger" {
  source = "../../../terraform/modules/ledger"

  aws                 = local.aws
  name                = var.ledger_name
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = false
}

module "secrets" {
  source = "../../../terraform/modules/secrets"

  aws         = local.aws
  name        = var.name
  kms_key_arn = module.encryption.key_arn
  keep_days   = 0
  settings    = var.settings

  smtp_login               = true
  smtp_credentials         = var.smtp_credentials
  smtp_credentials_version = 1
  api_keys                 = var.api_keys
  api_keys_version         = 1
}

module "monitoring" {
  source = "../../../terraform/modules/monitoring"

  aws         = local.aws
  name        = var.name
  environment = var.environment
  kms_key_arn = module.encryption.key_arn
  subscribers = []
  runbook_url = "docs/runbook.md"
  thresholds  = { queue_age = 300, error_rate = 1, p99_latency = 1500, cpu = 90, send_failure_rate = 5 }

  cluster_name           = var.name
  queue_name             = module.queue.name
  priority_queue_name    = module.queue.priority_name
  dead_letter_queue_name = module.queue.dead_letter_queue_name

  mail_events = {
    queue_name             = module.mail.queue.name
    dead_letter_queue_name = module.mail.dead_letter_queue.name
  }

  # LocalStack's open-source runtime has no load balancers: these alarms stand, and see nothing.
  load_balancer = { load_balancer = "app/none/0", stable = "targetgroup/none/1", canary = "targetgroup/none/2" }

  services = {
    notification-api = { cpu_target = 70 }
    email-sender     = { cpu_target = 70 }
  }
}

locals {
  aws = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = var.aws_region
    account_id = var.aws_account_id
  }
}
