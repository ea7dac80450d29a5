module "cluster" {
  source = "../terraform/modules/cluster"

  name               = "standalone"
  kms_key_arn        = local.kms_key_arn
  log_retention_days = 30
}
