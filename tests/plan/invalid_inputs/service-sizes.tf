# Memory just outside each row of Fargate's table, and between two of its steps.
variable "wrong_service_sizes" {
  default = [
    [256, 0],
    [256, 256],
    [256, 1536],
    [256, 3072],
    [512, 0],
    [512, 1536],
    [512, 5120],
    [1024, 1024],
    [1024, 2560],
    [1024, 9216],
    [2048, 3072],
    [2048, 4608],
    [2048, 17408],
    [4096, 7168],
    [4096, 8704],
    [4096, 31744],
    [8192, 12288],
    [8192, 18432],
    [8192, 65536],
    [16384, 24576],
    [16384, 36864],
    [16384, 131072],
  ]
}

module "service_sizes" {
  source   = "../terraform/modules/service"
  for_each = { for size in var.wrong_service_sizes : join("-", size) => size }

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = each.value[0]
  memory                = each.value[1]
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = {}
  network               = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1"], private_endpoints = "all", endpoint_security_group_id = "sg-1", prefix_list_ids = [] }
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = {}
  rollback_alarms       = ["refused"]
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}
