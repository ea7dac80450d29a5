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
    # Clients under names that no request can have, what is no digest, and bursts that let nothing through.
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
    # Credentials and keys are to be written, and nobody gave any.
    nothing = { smtp_credentials = null, api_keys = null }
    half    = { keep_days = 7.5 }
  }
}

# What is named in an entry is to be written.
module "secrets" {
  source   = "../terraform/modules/secrets"
  for_each = var.wrong_secrets

  aws                      = local.aws
  name                     = "refused"
  kms_key_arn              = local.kms_key_arn
  keep_days                = try(each.value.keep_days, 0)
  settings                 = { email-sender = { MAIL_FROM = try(each.value.setting, format("%${each.value.setting_length}s", "a"), "a") } }
  smtp_login               = can(each.value.smtp_credentials)
  smtp_credentials         = try(each.value.smtp_credentials, null)
  smtp_credentials_version = can(each.value.smtp_credentials) ? 1 : 0
  api_keys                 = try(each.value.api_keys, null)
  api_keys_version         = can(each.value.api_keys) ? 1 : 0
}
