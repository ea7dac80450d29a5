# Everything that is wrong with an input, shared out among few entries.
variable "wrong_mesh" {
  default = {
    low = {
      name      = "a"
      mode      = "istio"
      namespace = "internal"
      key       = "xarn:aws:kms:eu-central-1:123456789012:key/1"
      days      = 31
      service   = "1a"
      port      = 1023
      path      = "healthz"
      calls     = ["b"]
      timeouts  = { idle = 0, per_request = 10, per_try = 2 }
      envoy     = "xv1.34.13.0-prod"
    }
    high = {
      name      = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqr"
      namespace = "a.b."
      key       = "arn:aws:kms:eu-central-1:123456789012:alias/a"
      days      = 732
      service   = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-1234567890"
      port      = 65536
      path      = ""
      timeouts  = { idle = 10, per_request = 10, per_try = 2 }
      envoy     = "v1.16.9.0-prod"
    }
    half = {
      name     = "1ab"
      port     = 8080.5
      calls    = ["a"]
      timeouts = { idle = 300.5, per_request = 5, per_try = 2 }
      envoy    = "v1.17.1.0-prod"
    }
    ending = {
      name      = "ab-"
      namespace = "A_a.b"
      service   = "A"
      timeouts  = { idle = 300, per_request = 10, per_try = 0 }
      envoy     = "v1.34.13.0"
    }
    suffix = { envoy = "v1.34.13.0-prod-x" }
  }
}

module "mesh" {
  source   = "../terraform/modules/mesh"
  for_each = var.wrong_mesh

  aws                = local.aws
  name               = try(each.value.name, "refused")
  mode               = try(each.value.mode, "none")
  namespace          = try(each.value.namespace, "a.b")
  kms_key_arn        = try(each.value.key, local.kms_key_arn)
  log_retention_days = try(each.value.days, 30)
  envoy_version      = each.value.envoy
  timeouts           = try(each.value.timeouts, {})
  canaries           = { (try(each.value.service, "a")) = 10 }

  services = {
    (try(each.value.service, "a")) = {
      port              = try(each.value.port, 8080)
      health_check_path = try(each.value.path, "/")
      calls             = try(each.value.calls, [])
    }
  }
}

variable "wrong_mesh_beside" {
  default = {
    no_arn      = { mode = "service_connect", authority = "xarn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1" }
    app_mesh    = { mode = "app_mesh", authority = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1" }
    none        = { mode = "none", authority = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1" }
    canary_low  = { canaries = { b = -1 } }
    canary_high = { canaries = { a = 101 } }
    canary_half = { canaries = { a = 0.5 } }
  }
}

# Those of another region or partition, and what is no authority.
variable "wrong_authorities" {
  default = [
    "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1",
    "arn:aws-cn:acm-pca:eu-central-1:123456789012:certificate-authority/1",
    "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/",
    "arn:aws:acm:eu-central-1:123456789012:certificate/1",
  ]
}

module "mesh_beside" {
  source   = "../terraform/modules/mesh"
  for_each = merge(var.wrong_mesh_beside, { for arn in var.wrong_authorities : arn => { mode = "service_connect", authority = arn } })

  aws                       = local.aws
  name                      = "refused"
  mode                      = try(each.value.mode, "none")
  namespace                 = "a.b"
  kms_key_arn               = local.kms_key_arn
  log_retention_days        = 30
  certificate_authority_arn = try(each.value.authority, null)
  services                  = { a = { port = 8080, health_check_path = "/", calls = [] } }
  canaries                  = try(each.value.canaries, { a = 10 })
}
