module "registry" {
  source = "../terraform/modules/registry"

  aws          = local.aws
  name         = "notifications"
  repositories = ["notification-api", "email-sender"]
  force_delete = false
  kms_key_arn  = local.kms_key_arn
}

# As few images as may be kept.
module "registry_small" {
  source = "../terraform/modules/registry"

  aws          = local.aws
  name         = "small"
  repositories = ["notification-api"]
  force_delete = true
  kms_key_arn  = local.kms_key_arn
  images_kept  = 10
}

output "registry" {
  value = { urls = module.registry.repository_urls, arns = module.registry.repository_arns }
}
