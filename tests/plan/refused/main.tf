# Modules with values that the root module never gives them, every one wrong.

# In a variable, because Terraform checks what is written out before anything else, and then stops.
variable "wrong" {
  default = {
    port                       = 80
    user                       = "0:0"
    stop_timeout               = 29
    actions                    = ["sqs:*"]
    visibility_timeout         = 0
    max_receive_count          = 1
    dead_letter_retention_days = 4
    images_kept                = 9
    health_check_path          = "healthz"
  }
}

locals {
  aws = { partition = "aws", dns_suffix = "amazonaws.com", region = "eu-central-1", account_id = "123456789012" }
}

module "service" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "refused"
  name_prefix           = "refused"
  cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/refused"
  image                 = "refused:1"
  image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/refused"
  cpu                   = 256
  memory                = 512
  port                  = var.wrong.port
  user                  = var.wrong.user
  environment           = {}
  stop_timeout          = var.wrong.stop_timeout
  initial_count         = 1
  permissions           = { Everything = { actions = var.wrong.actions, resources = ["arn:aws:sqs:eu-central-1:123456789012:q"] } }
  network               = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1"] }
  discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
  log_retention_days    = 30
}

module "queue" {
  source = "../terraform/modules/queue"

  aws                        = local.aws
  name                       = "refused"
  visibility_timeout         = var.wrong.visibility_timeout
  max_receive_count          = var.wrong.max_receive_count
  retention_days             = 4
  dead_letter_retention_days = var.wrong.dead_letter_retention_days
}

module "registry" {
  source = "../terraform/modules/registry"

  aws          = local.aws
  name         = "refused"
  repositories = ["refused"]
  force_delete = true
  images_kept  = var.wrong.images_kept
}

module "load_balancer" {
  source = "../terraform/modules/load_balancer"

  name                = "refused"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidr_blocks = ["0.0.0.0/0"]
  certificate_arn     = null
  deletion_protection = false
  target              = { name = "refused", port = 8080, health_check_path = var.wrong.health_check_path }
}
