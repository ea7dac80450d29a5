module "encryption" {
  source = "../terraform/modules/encryption"

  aws  = local.aws
  name = "notifications"
}

output "key_arn" {
  value = module.encryption.key_arn
}
