# What every service stands on, beside queue.tf and mail.tf. The services are in services.tf.

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
  repositories = concat(keys(local.services), var.load_generator == null ? [] : ["load-generator"])
  force_delete = !local.production
  kms_key_arn  = module.encryption.key_arn
}

module "cluster" {
  source = "./modules/cluster"

  name               = local.name
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
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
  settings    = { for name, service in local.services : name => service.settings }

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
  services  = concat(keys(local.services), [for name in keys(local.canaries) : "${name}-canary"])
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
  services                  = local.services
  canaries                  = local.canaries
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
    weight       = local.canaries["notification-api"]
  }

  target = {
    port              = local.services["notification-api"].port
    health_check_path = local.services["notification-api"].health_check_path
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
  services    = local.services

  cluster_name           = module.cluster.name
  queue_name             = module.queue.name
  priority_queue_name    = module.queue.priority_name
  dead_letter_queue_name = module.queue.dead_letter_queue_name
  load_balancer          = module.load_balancer.metric_dimensions

  mail_events = local.smtp ? null : {
    queue_name             = local.mail.queue.name
    dead_letter_queue_name = local.mail.dead_letter_queue.name
  }
}
