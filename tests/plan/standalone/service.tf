locals {
  # What every service here is given alike.
  service = {
    cluster_arn           = "arn:aws:ecs:eu-central-1:123456789012:cluster/standalone"
    image                 = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/standalone/app:1.4.2"
    image_repository_arn  = "arn:aws:ecr:eu-central-1:123456789012:repository/standalone/app"
    discovery_service_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
    permissions           = { SendToQueue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:eu-central-1:123456789012:mail"] } }
    rollback_alarms       = ["standalone-errors", "standalone-latency"]

    network = {
      vpc_id                     = "vpc-1"
      private_subnet_ids         = ["subnet-1", "subnet-2"]
      private_endpoints          = "all"
      endpoint_security_group_id = "sg-endpoints"
      prefix_list_ids            = ["pl-s3", "pl-dynamodb"]
    }

    service_connect = {
      namespace_arn = "arn:aws:servicediscovery:eu-central-1:123456789012:namespace/ns-1"
      log_group     = "/ecs/standalone/service-connect"
      port_name     = "http"
    }

    app_mesh = {
      virtual_node_arn     = "arn:aws:appmesh:eu-central-1:123456789012:mesh/standalone/virtualNode/standalone"
      envoy_image          = "840364872350.dkr.ecr.eu-central-1.amazonaws.com/aws-appmesh-envoy:v1.29.12.1-prod"
      envoy_repository_arn = "arn:aws:ecr:eu-central-1:840364872350:repository/aws-appmesh-envoy"
      log_group            = "/ecs/standalone/envoy"
    }
  }
}

# Behind a load balancer, and nothing more.
module "service_plain" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "plain"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 45
  initial_count         = 2
  environment           = { QUEUE_NAME = "mail" }
  permissions           = local.service.permissions
  network               = local.service.network
  load_balancer         = { target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/plain/1", security_group_id = "sg-load-balancer" }
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}

# A release candidate of it: on the same port, behind the other target group, and in all that a task needs to finish
# its work the service's own.
module "service_candidate" {
  source = "../terraform/modules/service"

  aws         = local.aws
  name        = "plain-candidate"
  name_prefix = "standalone"
  cluster_arn = local.service.cluster_arn
  candidate_of = {
    name               = "plain"
    execution_role_arn = "arn:aws:iam::123456789012:role/standalone-plain-execution"
    task_role_arn      = "arn:aws:iam::123456789012:role/standalone-plain-task"
    security_group_id  = "sg-plain"
    log_group          = "/ecs/standalone/plain"
  }
  image                 = local.service.image
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 45
  initial_count         = 1
  environment           = { QUEUE_NAME = "mail" }
  network               = local.service.network
  internet_ports        = [587]
  execute_command       = true
  load_balancer         = { target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/plain-candidate/1", security_group_id = "sg-load-balancer" }
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = { app_mesh = local.service.app_mesh }
  rollback_alarms       = local.service.rollback_alarms
}

# Everything that a service may have beside a load balancer.
module "service_full" {
  source = "../terraform/modules/service"

  aws                  = local.aws
  name                 = "full"
  name_prefix          = "standalone"
  cluster_arn          = local.service.cluster_arn
  image                = local.service.image
  image_repository_arn = local.service.image_repository_arn
  cpu                  = 512
  memory               = 2048
  cpu_architecture     = "ARM64"
  spot_share           = 40
  port                 = 8081
  stop_timeout         = 60
  initial_count        = 3
  environment          = { QUEUE_NAME = "mail" }
  settings = {
    MAIL_FROM = "arn:aws:ssm:eu-central-1:123456789012:parameter/standalone/full/MAIL_FROM"
    LOG_LEVEL = "arn:aws:ssm:eu-central-1:123456789012:parameter/standalone/full/LOG_LEVEL"
  }
  permissions = {
    SendMail = {
      actions    = ["ses:SendEmail", "ses:SendRawEmail"]
      resources  = ["arn:aws:ses:eu-central-1:123456789012:identity/*"]
      conditions = { "ses:FromAddress" = ["no-reply@standalone.example"] }
    }
    AskForAccount = {
      actions   = ["ses:GetAccount"]
      resources = ["*"]
    }
    ReadSecret = {
      actions   = ["secretsmanager:GetSecretValue"]
      resources = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:standalone-??????"]
    }
  }
  health_check          = { command = ["CMD", "python", "-m", "app.healthcheck"], interval = 20, timeout = 6, retries = 4, start_period = 70 }
  network               = local.service.network
  internet_ports        = [443, 587]
  callers               = { first = "sg-first", second = "sg-second" }
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 90
}

# Called over Service Connect, encrypted.
module "service_connect_server" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "connect-server"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8081
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  network               = local.service.network
  discovery_service_arn = local.service.discovery_service_arn
  mesh = {
    service_connect = merge(local.service.service_connect, {
      server = { discovery_name = "connect-server-mesh", dns_name = "connect-server", port = 9000, idle_timeout = 90, per_request_timeout = 7 }
      tls = {
        certificate_authority_arn = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"
        kms_key_arn               = local.kms_key_arn
        role_arn                  = "arn:aws:iam::123456789012:role/standalone-tls"
      }
    })
  }
  rollback_alarms    = local.service.rollback_alarms
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 30
}

# Called over Service Connect, without a certificate authority.
module "service_connect_plain" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "connect-plain"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  network               = local.service.network
  discovery_service_arn = local.service.discovery_service_arn
  mesh = {
    service_connect = merge(local.service.service_connect, {
      server = { discovery_name = "connect-plain", dns_name = "connect-plain", port = 8080, idle_timeout = 60, per_request_timeout = 5 }
    })
  }
  rollback_alarms    = local.service.rollback_alarms
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 30
}

# Calls others over Service Connect.
module "service_connect_client" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "connect-client"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  network               = local.service.network
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = { service_connect = local.service.service_connect }
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}

# In App Mesh, with mail servers that speak first.
module "service_app_mesh" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "app-mesh"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 512
  memory                = 1024
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8081
  stop_timeout          = 75
  initial_count         = 1
  environment           = {}
  permissions           = local.service.permissions
  network               = local.service.network
  internet_ports        = [443, 587]
  discovery_service_arn = local.service.discovery_service_arn
  mesh = {
    app_mesh = merge(local.service.app_mesh, {
      candidate_node_arns  = ["${local.service.app_mesh.virtual_node_arn}-candidate"]
      egress_ignored_ports = [25]
    })
  }
  rollback_alarms    = local.service.rollback_alarms
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 30
}

# In App Mesh, with a shell for operators.
module "service_execute_command" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "execute-command"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 512
  memory                = 1024
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 30
  initial_count         = 1
  execute_command       = true
  environment           = {}
  permissions           = local.service.permissions
  network               = local.service.network
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = { app_mesh = local.service.app_mesh }
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}

# Without interface endpoints: AWS's services are somewhere on port 443.
module "service_gateway" {
  source = "../terraform/modules/service"

  aws                   = local.aws
  name                  = "gateway"
  name_prefix           = "standalone"
  cluster_arn           = local.service.cluster_arn
  image                 = local.service.image
  image_repository_arn  = local.service.image_repository_arn
  cpu                   = 256
  memory                = 512
  cpu_architecture      = "X86_64"
  spot_share            = 0
  port                  = 8080
  stop_timeout          = 45
  initial_count         = 2
  environment           = {}
  permissions           = local.service.permissions
  network               = merge(local.service.network, { private_endpoints = "gateway", endpoint_security_group_id = null })
  internet_ports        = [587]
  discovery_service_arn = local.service.discovery_service_arn
  mesh                  = {}
  rollback_alarms       = local.service.rollback_alarms
  kms_key_arn           = local.kms_key_arn
  log_retention_days    = 30
}
