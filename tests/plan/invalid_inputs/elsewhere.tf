# What belongs to another account, region or partition, and names that are none.
variable "elsewhere" {
  default = {
    certificates = [
      "arn:aws:acm:eu-central-1:210987654321:certificate/1",
      "arn:aws:acm:eu-west-1:123456789012:certificate/1",
      "arn:aws-cn:acm:eu-central-1:123456789012:certificate/1",
      "arn:aws:acm:eu-central-1:123456789012:certificate/",
      "arn:aws:acm:eu-central-1:123456789012:key/1",
      "1",
    ]
    authorities = [
      "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1",
      "arn:aws-cn:acm-pca:eu-central-1:123456789012:certificate-authority/1",
      "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/",
      "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    ]
    subscribers   = ["a@b", "a b@c.example", "a@b..example", "a@-b.example", "a@b.example,c@d.example", "@b.example", "a@b@c.example"]
    host_bits     = ["203.0.113.7/24", "10.0.0.0/0"]
    service_names = [["sg", "web"], ["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz-2"]]
    namespaces    = ["-a.internal", "a-.internal", "a..internal"]
    service       = "web-"
    permissions   = { Ask = { actions = ["ses:GetAccount", "ses:SendEmail"], resources = ["*"] } }
  }
}

module "load_balancer_elsewhere" {
  source   = "../terraform/modules/load_balancer"
  for_each = toset(var.elsewhere.certificates)

  aws                 = local.aws
  name                = "refused"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = var.elsewhere.host_bits
  listener_mode       = "https"
  certificate_arn     = each.value
  domain_name         = "notifications.example.com"
  deletion_protection = false
  log_retention_days  = 30
  target              = { port = 8080, health_check_path = "/" }
}

module "mesh_elsewhere" {
  source   = "../terraform/modules/mesh"
  for_each = toset(var.elsewhere.authorities)

  aws                       = local.aws
  name                      = "refused"
  mode                      = "service_connect"
  namespace                 = "refused.internal"
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days        = 30
  certificate_authority_arn = each.value
  services                  = { web = { port = 8080, health_check_path = "/", calls = [] } }
  canary                    = { service = "web", weight = 0 }
}

module "discovery_elsewhere" {
  source   = "../terraform/modules/discovery"
  for_each = toset(var.elsewhere.namespaces)

  namespace = each.value
  vpc_id    = "vpc-1"
  services  = [var.elsewhere.service]
}

module "monitoring_elsewhere" {
  source   = "../terraform/modules/monitoring"
  for_each = toset(var.elsewhere.subscribers)

  aws                    = local.aws
  name                   = "refused"
  environment            = "staging"
  kms_key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/1"
  subscribers            = [each.value]
  runbook_url            = "runbook.md"
  thresholds             = { queue_age = 300, error_rate = 1, p99_latency = 1000, cpu = 90, send_failure_rate = 5 }
  cluster_name           = "refused"
  queue_name             = "refused"
  priority_queue_name    = "refused"
  dead_letter_queue_name = "refused"
  load_balancer          = { load_balancer = "app/refused/1", stable = "targetgroup/refused/1", canary = "targetgroup/refused/2" }
  services               = { email-sender = { cpu_target = 70 } }
}

module "service_elsewhere" {
  source   = "../terraform/modules/service"
  for_each = { for name in var.elsewhere.service_names : name[0] => name[1] }

  aws                   = local.aws
  name                  = each.value
  name_prefix           = each.key
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
  permissions           = var.elsewhere.permissions
  network               = local.right_service_network
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  mesh                  = {}
  rollback_alarms       = ["refused"]
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/refused"
  log_retention_days    = 30
}

locals {
  right_service_network = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1"], private_endpoints = "all", endpoint_security_group_id = "sg-1", prefix_list_ids = [] }
}
