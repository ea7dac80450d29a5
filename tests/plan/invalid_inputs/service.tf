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
      mesh = {
        service_connect = { namespace_arn = "ns-1", log_group = "refused", port_name = "http" }
        app_mesh        = { virtual_node_arn = "refused", envoy_image = "refused:1", envoy_repository_arn = "refused", log_group = "refused" }
      }
      log_retention = 0

      private_endpoints = "none"
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
      log_retention    = 3654
    }
    half = { health_check = { command = ["CMD", "true"], interval = 5.5, timeout = 2.5, retries = 1.5, start_period = 0.5 } }

    # What AWS keeps to itself, or has no room for.
    reserved = {
      name_prefix = "sg"
      name        = "web"
      permissions = { Ask = { actions = ["ses:GetAccount", "ses:SendEmail"], resources = ["*"] } }
    }
    # What is its service's own is not given to a release candidate, and to every other service it is.
    candidate = {
      candidate_of  = { name = "web", execution_role_arn = "arn", task_role_arn = "arn", security_group_id = "sg-1", log_group = "/ecs/web" }
      callers       = { first = "sg-first" }
      permissions   = { Send = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:eu-central-1:123456789012:mail"] } }
      log_retention = 30
    }
    nothing = { image_repository_arn = null, kms_key_arn = null }
    long    = { name_prefix = "abcdefghijklmnopqrstuvwxyz", name = "abcdefghijklmnopqrstuvwxyz-2" }
  }
}

module "service" {
  source   = "../terraform/modules/service"
  for_each = var.wrong_service

  aws                   = local.aws
  name                  = try(each.value.name, "refused")
  name_prefix           = try(each.value.name_prefix, "refused")
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  candidate_of          = try(each.value.candidate_of, null)
  callers               = try(each.value.callers, {})
  image                 = "refused:1"
  image_repository_arn  = lookup(each.value, "image_repository_arn", "arn:aws:ecr:eu-central-1:123456789012:repository/refused")
  cpu                   = try(each.value.cpu, 256)
  memory                = 512
  cpu_architecture      = try(each.value.cpu_architecture, "X86_64")
  spot_share            = try(each.value.spot_share, 0)
  port                  = try(each.value.port, 8080)
  user                  = try(each.value.user, "10001:10001")
  stop_timeout          = try(each.value.stop_timeout, 30)
  initial_count         = try(each.value.initial_count, 1)
  environment           = { QUEUE_NAME = "refused" }
  settings              = try(each.value.settings, {})
  permissions           = try(each.value.permissions, {})
  health_check          = try(each.value.health_check, null)
  internet_ports        = try(each.value.internet_ports, [])
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = try(each.value.mesh, {})
  rollback_alarms       = try(each.value.rollback_alarms, ["refused"])
  kms_key_arn           = lookup(each.value, "kms_key_arn", local.kms_key_arn)
  log_retention_days    = try(each.value.log_retention, 30)

  network = {
    vpc_id                     = "vpc-1"
    private_subnet_ids         = ["subnet-1"]
    private_endpoints          = try(each.value.private_endpoints, "all")
    endpoint_security_group_id = "sg-1"
    prefix_list_ids            = []
  }
}
