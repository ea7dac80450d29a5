variable "wrong_private_endpoints" {
  default = "none"
}

# Values just outside what a service accepts: below, above, and of the wrong kind.
variable "wrong_service" {
  default = {
    low = {
      cpu              = 128
      cpu_architecture = "x86_64"
      spot_share       = -1
      port             = 1023
      user             = "0:1"
      stop_timeout     = 29
      initial_count    = 0
      settings         = { SERVICE_NAME = "LOG_LEVEL" }
      health_check     = { command = ["python"], interval = 4, timeout = 1, retries = 0, start_period = -1 }
      internet_ports   = [0]
      permissions      = { All = { actions = ["sqs:*"], resources = ["arn:aws:sqs:eu-central-1:123456789012:q"] } }
      rollback_alarms  = []
      both_proxies     = true
      log_retention    = 0
    }

    high = {
      cpu              = 16385
      cpu_architecture = "ARM"
      spot_share       = 101
      port             = 65536
      user             = "1:0"
      stop_timeout     = 121
      initial_count    = 1.5
      settings         = { PORT = "arn:aws:ssm:eu-central-1:123456789012:parameter/refused/*" }
      health_check     = { command = ["CMD"], interval = 301, timeout = 61, retries = 11, start_period = 301 }
      internet_ports   = [443, 65536]
      permissions      = { All = { actions = ["ses:SendEmail"], resources = ["arn:aws:ses:eu-central-1:123456789012:identity/*"] } }
      rollback_alarms  = ["refused"]
      both_proxies     = false
      log_retention    = 31
    }

    odd = {
      cpu              = 300
      cpu_architecture = ""
      spot_share       = 0.5
      port             = 8080.5
      user             = "root"
      stop_timeout     = 30.5
      initial_count    = 1
      settings         = { QUEUE_NAME = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:refused" }
      health_check     = { command = [], interval = 15, timeout = 5, retries = 3, start_period = 60 }
      internet_ports   = [443.5]
      permissions      = { All = { actions = ["*"], resources = ["*"] } }
      rollback_alarms  = ["refused"]
      both_proxies     = false
      log_retention    = 3654
    }
  }
}

locals {
  wrong_service_network = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1"], private_endpoints = var.wrong_private_endpoints, endpoint_security_group_id = "sg-1", prefix_list_ids = [] }

  wrong_service_mesh = {
    service_connect = { namespace_arn = "ns-1", log_group = "refused", port_name = "http" }
    app_mesh        = { virtual_node_arn = "refused", envoy_image = "refused:1", envoy_repository_arn = "refused", log_group = "refused" }
  }
}

module "service_low" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = var.wrong_service.low.cpu
  memory                = 512
  cpu_architecture      = var.wrong_service.low.cpu_architecture
  spot_share            = var.wrong_service.low.spot_share
  port                  = var.wrong_service.low.port
  user                  = var.wrong_service.low.user
  stop_timeout          = var.wrong_service.low.stop_timeout
  initial_count         = var.wrong_service.low.initial_count
  environment           = { QUEUE_NAME = "refused" }
  settings              = var.wrong_service.low.settings
  permissions           = var.wrong_service.low.permissions
  health_check          = var.wrong_service.low.health_check
  network               = local.wrong_service_network
  internet_ports        = var.wrong_service.low.internet_ports
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = var.wrong_service.low.both_proxies ? local.wrong_service_mesh : {}
  rollback_alarms       = var.wrong_service.low.rollback_alarms
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/refused"
  log_retention_days    = var.wrong_service.low.log_retention
}

module "service_high" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = var.wrong_service.high.cpu
  memory                = 512
  cpu_architecture      = var.wrong_service.high.cpu_architecture
  spot_share            = var.wrong_service.high.spot_share
  port                  = var.wrong_service.high.port
  user                  = var.wrong_service.high.user
  stop_timeout          = var.wrong_service.high.stop_timeout
  initial_count         = var.wrong_service.high.initial_count
  environment           = { QUEUE_NAME = "refused" }
  settings              = var.wrong_service.high.settings
  permissions           = var.wrong_service.high.permissions
  health_check          = var.wrong_service.high.health_check
  network               = local.wrong_service_network
  internet_ports        = var.wrong_service.high.internet_ports
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = var.wrong_service.high.both_proxies ? local.wrong_service_mesh : {}
  rollback_alarms       = var.wrong_service.high.rollback_alarms
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/refused"
  log_retention_days    = var.wrong_service.high.log_retention
}

module "service_odd" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = var.wrong_service.odd.cpu
  memory                = 512
  cpu_architecture      = var.wrong_service.odd.cpu_architecture
  spot_share            = var.wrong_service.odd.spot_share
  port                  = var.wrong_service.odd.port
  user                  = var.wrong_service.odd.user
  stop_timeout          = var.wrong_service.odd.stop_timeout
  initial_count         = var.wrong_service.odd.initial_count
  environment           = { QUEUE_NAME = "refused" }
  settings              = var.wrong_service.odd.settings
  permissions           = var.wrong_service.odd.permissions
  health_check          = var.wrong_service.odd.health_check
  network               = local.wrong_service_network
  internet_ports        = var.wrong_service.odd.internet_ports
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = var.wrong_service.odd.both_proxies ? local.wrong_service_mesh : {}
  rollback_alarms       = var.wrong_service.odd.rollback_alarms
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/refused"
  log_retention_days    = var.wrong_service.odd.log_retention
}
