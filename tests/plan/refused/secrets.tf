variable "wrong_secrets" {
  default = {
    low  = { keep_days = 6, setting = "", smtp_credentials = { username = "", password = "p" } }
    high = { keep_days = 31, setting_length = 4097, smtp_credentials = { username = "u", password = "" } }
  }
}

module "secrets_low" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = var.wrong_secrets.low.keep_days
  settings                 = { email-sender = { MAIL_FROM = var.wrong_secrets.low.setting } }
  smtp_login               = true
  smtp_credentials         = var.wrong_secrets.low.smtp_credentials
  smtp_credentials_version = 1
}

module "secrets_high" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = var.wrong_secrets.high.keep_days
  settings                 = { email-sender = { MAIL_FROM = format("%${var.wrong_secrets.high.setting_length}s", "a") } }
  smtp_login               = true
  smtp_credentials         = var.wrong_secrets.high.smtp_credentials
  smtp_credentials_version = 1
}

# Credentials are to be written, and nobody gave any.
module "secrets_without_credentials" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = 0
  settings                 = {}
  smtp_login               = true
  smtp_credentials         = null
  smtp_credentials_version = 1
}
