# The least of everything that a service accepts.
module "service_least" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "least"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 1024
  user                  = "1:1"
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  health_check          = { command = ["CMD-SHELL", "true"], interval = 5, timeout = 2, retries = 1, start_period = 0 }
  network               = local.service.network
  internet_ports        = [1]
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = ["standalone-errors"]
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}

# The most of everything that a service accepts.
module "service_most" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "most"
  name_prefix           = "standalone-with-as-long-a-prefix-as-is-ever-taken"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "ARM64"
  spot_share            = 100
  port                  = 65535
  user                  = "1234567890:1009"
  stop_timeout          = 120
  initial_count         = 100
  environment           = {}
  permissions           = local.service.permissions
  health_check          = { command = ["CMD", "true"], interval = 300, timeout = 60, retries = 10, start_period = 300 }
  network               = local.service.network
  internet_ports        = [65535]
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}

locals {
  # CPU units, MiB, and every period that logs may be kept for: the ends of each row of Fargate's
  # table, and the first step of it.
  service_sizes = [
    [256, 512, 1], [256, 1024, 3], [256, 2048, 5],
    [512, 1024, 7], [512, 2048, 14], [512, 4096, 30],
    [1024, 2048, 60], [1024, 3072, 90], [1024, 8192, 120],
    [2048, 4096, 150], [2048, 5120, 180], [2048, 16384, 365],
    [4096, 8192, 400], [4096, 9216, 545], [4096, 30720, 731],
    [8192, 16384, 30], [8192, 20480, 30], [8192, 61440, 30],
    [16384, 32768, 30], [16384, 40960, 30], [16384, 122880, 30],
  ]
}

module "service_sizes" {
  source   = "../terraform/modules/service"
  for_each = { for size in local.service_sizes : "size-${size[0]}-${size[1]}" => size }

  aws                   = local.aws
  name                  = each.key
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = each.value[0]
  memory                = each.value[1]
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  network               = merge(local.service.network, { prefix_list_ids = [] })
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = each.value[2]
}
