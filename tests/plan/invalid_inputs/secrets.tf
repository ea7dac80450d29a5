variable "wrong_secrets" {
  default = {
    low = {
      keep_days        = 6
      setting          = ""
      smtp_credentials = { username = "", password = "p" }
      api_keys = {
        id_key  = "0123456789abcdef0123456789abcde"
        clients = []
      }
    }
    high = {
      keep_days        = 31
      setting_length   = 4097
      smtp_credentials = { username = "u", password = "" }
      api_keys = {
        id_key = "0123456789ABCDEF0123456789ABCDEF"
        clients = [
          { id = "twice", key_hashes = [], requests_per_second = 0, burst = 1 },
          { id = "twice", key_hashes = ["0123"], requests_per_second = 1, burst = 1 },
        ]
      }
    }
    named = {
      api_keys = {
        id_key = "0123456789abcdef0123456789abcdef"
        clients = [
          { id = "with.dot", key_hashes = ["key itself"], requests_per_second = 1, burst = 0 },
        ]
      }
    }
    long = {
      api_keys = {
        id_key = "0123456789abcdef0123456789abcdef"
        clients = [
          { id = "a123456789a123456789a123456789a123456789a123456789a123456789a123", key_hashes = [], requests_per_second = 1, burst = 1.5 },
        ]
      }
    }
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
  api_keys                 = var.wrong_secrets.low.api_keys
  api_keys_version         = 1
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
  api_keys                 = var.wrong_secrets.high.api_keys
  api_keys_version         = 1
}

# Clients under names that no request can have, what is no digest, and bursts that let nothing through.
module "secrets_named" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = 0
  settings                 = {}
  smtp_login               = false
  smtp_credentials         = null
  smtp_credentials_version = 0
  api_keys                 = var.wrong_secrets.named.api_keys
  api_keys_version         = 1
}

module "secrets_long" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/1"
  keep_days                = 0
  settings                 = {}
  smtp_login               = false
  smtp_credentials         = null
  smtp_credentials_version = 0
  api_keys                 = var.wrong_secrets.long.api_keys
  api_keys_version         = 1
}

# Credentials and keys are to be written, and nobody gave any.
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
  api_keys                 = null
  api_keys_version         = 1
}
