module "ledger" {
  source = "../terraform/modules/ledger"

  aws                 = local.aws
  name                = "deliveries"
  kms_key_arn         = local.kms_key_arn
  deletion_protection = true
}

module "ledger_unprotected" {
  source = "../terraform/modules/ledger"

  aws                 = local.aws
  name                = "unprotected"
  kms_key_arn         = local.kms_key_arn
  deletion_protection = false
}

output "ledger" {
  value = { name = module.ledger.name, arn = module.ledger.arn }
}
