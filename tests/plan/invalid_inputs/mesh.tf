# Everything that is wrong with an input, shared out among few calls. Terraform looks at the canary only
# where the services are right.
variable "wrong_mesh" {
  default = {
    mesh = {
      name      = "a"
      mode      = "istio"
      namespace = "internal"
      key       = "xarn:aws:kms:eu-central-1:123456789012:key/1"
      days      = 31
      authority = null
      service   = "1a"
      port      = 1023
      path      = "healthz"
      calls     = ["b"]
      timeouts  = { idle = 0, per_request = 10, per_try = 2 }
      envoy     = "xv1.34.13.0-prod"
    }

    mesh_high = {
      name      = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqr"
      mode      = "service_connect"
      namespace = "a.b."
      key       = "arn:aws:kms:eu-central-1:123456789012:alias/a"
      days      = 732
      authority = "xarn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"
      service   = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-1234567890"
      port      = 65536
      path      = ""
      calls     = []
      timeouts  = { idle = 10, per_request = 10, per_try = 2 }
      envoy     = "v1.16.9.0-prod"
    }

    mesh_part = {
      name      = "1ab"
      mode      = "app_mesh"
      namespace = "a.b"
      key       = "arn:aws:kms:eu-central-1:123456789012:key/1"
      days      = 30
      authority = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"
      service   = "a"
      port      = 8080
      path      = "/"
      calls     = ["a"]
      timeouts  = { idle = 300.5, per_request = 5, per_try = 2 }
      envoy     = "v1.17.1.0-prod"
    }

    mesh_end = {
      name      = "ab-"
      mode      = "none"
      namespace = "A_a.b"
      key       = "arn:aws:kms:eu-central-1:123456789012:key/1"
      days      = 30
      authority = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"
      service   = "A"
      port      = 8080
      path      = "/"
      calls     = []
      timeouts  = { idle = 300, per_request = 10, per_try = 0 }
      envoy     = "v1.34.13.0"
    }

    canary = {
      low  = { service = "b", weight = -1 }
      high = { service = "a", weight = 101 }
      part = { service = "a", weight = 0.5 }
    }

    envoy = "v1.34.13.0-prod-x"
  }
}

module "mesh" {
  source = "../terraform/modules/mesh"

  aws                       = local.aws
  name                      = var.wrong_mesh.mesh.name
  mode                      = var.wrong_mesh.mesh.mode
  namespace                 = var.wrong_mesh.mesh.namespace
  kms_key_arn               = var.wrong_mesh.mesh.key
  log_retention_days        = var.wrong_mesh.mesh.days
  certificate_authority_arn = var.wrong_mesh.mesh.authority
  envoy_version             = var.wrong_mesh.mesh.envoy
  timeouts                  = var.wrong_mesh.mesh.timeouts
  services                  = { (var.wrong_mesh.mesh.service) = { port = var.wrong_mesh.mesh.port, health_check_path = var.wrong_mesh.mesh.path, calls = var.wrong_mesh.mesh.calls } }
  canary                    = { service = var.wrong_mesh.mesh.service, weight = 10 }
}

module "mesh_high" {
  source = "../terraform/modules/mesh"

  aws                       = local.aws
  name                      = var.wrong_mesh.mesh_high.name
  mode                      = var.wrong_mesh.mesh_high.mode
  namespace                 = var.wrong_mesh.mesh_high.namespace
  kms_key_arn               = var.wrong_mesh.mesh_high.key
  log_retention_days        = var.wrong_mesh.mesh_high.days
  certificate_authority_arn = var.wrong_mesh.mesh_high.authority
  envoy_version             = var.wrong_mesh.mesh_high.envoy
  timeouts                  = var.wrong_mesh.mesh_high.timeouts
  services                  = { (var.wrong_mesh.mesh_high.service) = { port = var.wrong_mesh.mesh_high.port, health_check_path = var.wrong_mesh.mesh_high.path, calls = var.wrong_mesh.mesh_high.calls } }
  canary                    = { service = var.wrong_mesh.mesh_high.service, weight = 10 }
}

module "mesh_part" {
  source = "../terraform/modules/mesh"

  aws                       = local.aws
  name                      = var.wrong_mesh.mesh_part.name
  mode                      = var.wrong_mesh.mesh_part.mode
  namespace                 = var.wrong_mesh.mesh_part.namespace
  kms_key_arn               = var.wrong_mesh.mesh_part.key
  log_retention_days        = var.wrong_mesh.mesh_part.days
  certificate_authority_arn = var.wrong_mesh.mesh_part.authority
  envoy_version             = var.wrong_mesh.mesh_part.envoy
  timeouts                  = var.wrong_mesh.mesh_part.timeouts
  services                  = { (var.wrong_mesh.mesh_part.service) = { port = var.wrong_mesh.mesh_part.port, health_check_path = var.wrong_mesh.mesh_part.path, calls = var.wrong_mesh.mesh_part.calls } }
  canary                    = { service = var.wrong_mesh.mesh_part.service, weight = 10 }
}

module "mesh_end" {
  source = "../terraform/modules/mesh"

  aws                       = local.aws
  name                      = var.wrong_mesh.mesh_end.name
  mode                      = var.wrong_mesh.mesh_end.mode
  namespace                 = var.wrong_mesh.mesh_end.namespace
  kms_key_arn               = var.wrong_mesh.mesh_end.key
  log_retention_days        = var.wrong_mesh.mesh_end.days
  certificate_authority_arn = var.wrong_mesh.mesh_end.authority
  envoy_version             = var.wrong_mesh.mesh_end.envoy
  timeouts                  = var.wrong_mesh.mesh_end.timeouts
  services                  = { (var.wrong_mesh.mesh_end.service) = { port = var.wrong_mesh.mesh_end.port, health_check_path = var.wrong_mesh.mesh_end.path, calls = var.wrong_mesh.mesh_end.calls } }
  canary                    = { service = var.wrong_mesh.mesh_end.service, weight = 10 }
}

module "mesh_canary_low" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = "refused"
  mode               = "none"
  namespace          = "a.b"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days = 30
  envoy_version      = var.wrong_mesh.envoy
  services           = { a = { port = 8080, health_check_path = "/", calls = [] } }
  canary             = var.wrong_mesh.canary.low
}

module "mesh_canary_high" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = "refused"
  mode               = "none"
  namespace          = "a.b"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days = 30
  services           = { a = { port = 8080, health_check_path = "/", calls = [] } }
  canary             = var.wrong_mesh.canary.high
}

module "mesh_canary_part" {
  source = "../terraform/modules/mesh"

  aws                = local.aws
  name               = "refused"
  mode               = "none"
  namespace          = "a.b"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  log_retention_days = 30
  services           = { a = { port = 8080, health_check_path = "/", calls = [] } }
  canary             = var.wrong_mesh.canary.part
}
