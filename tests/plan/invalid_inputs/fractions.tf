# AWS counts these in whole numbers.
variable "fractions" {
  default = {
    port         = 8080.5
    seconds      = 30.5
    count        = 12.5
    days         = 7.5
    health_check = { command = ["CMD", "true"], interval = 5.5, timeout = 2.5, retries = 1.5, start_period = 0.5 }
  }
}

module "queue_fractions" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = var.fractions.seconds
  max_receive_count          = var.fractions.count
  retention_days             = var.fractions.days
  dead_letter_retention_days = 14
}

module "queue_fractions_dead" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = 30
  retention_days             = 4
  dead_letter_retention_days = var.fractions.count
}

module "registry_fractions" {
  source = "../terraform/modules/registry"

  aws          = local.aws
  name         = "refused"
  repositories = ["refused"]
  force_delete = true
  kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/1"
  images_kept  = var.fractions.count
}

module "secrets_fractions" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = var.fractions.days
  settings                 = {}
  smtp_login               = false
  smtp_credentials         = null
  smtp_credentials_version = 0
  api_keys                 = null
  api_keys_version         = 0
}

module "load_balancer_fractions" {
  source = "../terraform/modules/load_balancer"

  aws                 = local.aws
  name                = "refused"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["203.0.113.0/24"]
  listener_mode       = "plain_http"
  certificate_arn     = null
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = var.fractions.port, health_check_path = "/" }
}

module "mesh_fractions" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = "refused"
  mode               = "none"
  namespace          = "refused.internal"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days = 30
  services           = { web = { port = var.fractions.port, health_check_path = "/", calls = [] } }
  canary             = { service = "web", weight = 0 }
}

module "service_fractions" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = {}
  health_check          = var.fractions.health_check
  network               = local.right_service_network
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = {}
  rollback_alarms       = ["refused"]
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/refused"
  log_retention_days    = 30
}
