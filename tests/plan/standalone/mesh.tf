locals {
  mesh = {
    name      = "standalone"
    namespace = "standalone.internal"

    services = {
      notification-api = { port = 8080, health_check_path = "/healthz", calls = ["email-sender"] }
      email-sender     = { port = 8081, health_check_path = "/livez", calls = [] }
    }

    certificate_authority_arn = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555"
  }
}

module "mesh_service_connect" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = local.mesh.name
  mode               = "service_connect"
  namespace          = local.mesh.namespace
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 14
  services           = local.mesh.services
  canaries           = { notification-api = 10, email-sender = 0 }
}

module "mesh_tls" {
  source = "../terraform/modules/mesh"

  aws                       = local.aws
  name                      = local.mesh.name
  mode                      = "service_connect"
  namespace                 = local.mesh.namespace
  kms_key_arn               = local.kms_key_arn
  log_retention_days        = 14
  certificate_authority_arn = local.mesh.certificate_authority_arn
  services                  = local.mesh.services
  canaries                  = { notification-api = 10, email-sender = 0 }
}

module "mesh_app_mesh" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = local.mesh.name
  mode               = "app_mesh"
  namespace          = local.mesh.namespace
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 14
  services           = local.mesh.services
  canaries           = { notification-api = 10, email-sender = 0 }
}

module "mesh_none" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = local.mesh.name
  mode               = "none"
  namespace          = local.mesh.namespace
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 14
  services           = local.mesh.services
  canaries           = { notification-api = 10, email-sender = 0 }
}

# The least of everything, with timeouts of its own, in one of the regions that keep Envoy elsewhere.
module "mesh_least" {
  source = "../terraform/modules/mesh"

  aws                = merge(local.aws, { region = "me-south-1" })
  name               = "ab"
  mode               = "app_mesh"
  namespace          = "a.b"
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 1
  envoy_version      = "v1.17.2.0-prod"
  timeouts           = { idle = 4, per_request = 3, per_try = 1 }
  services           = { a = { port = 1024, health_check_path = "/", calls = [] } }
  canaries           = { a = 0 }
}

module "mesh_most" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopq"
  mode               = "service_connect"
  namespace          = "a.b.c"
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 731
  envoy_version      = "v1.18.0.0-prod"
  timeouts           = { idle = 7, per_request = 6, per_try = 2 }
  canaries           = { a = 100 }

  services = {
    a                                                               = { port = 65535, health_check_path = "/", calls = ["abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-123456789"] }
    abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-123456789 = { port = 8080, health_check_path = "/", calls = ["a"] }
  }
}

output "mesh" {
  value = {
    service_connect = module.mesh_service_connect.members
    tls             = module.mesh_tls.members
    app_mesh        = module.mesh_app_mesh.members
    none            = module.mesh_none.members
    least           = module.mesh_least.members
    most            = module.mesh_most.members
  }
}
