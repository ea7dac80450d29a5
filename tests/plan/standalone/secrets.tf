# From secrets.auto.tfvars: a default would be part of the configuration, and so of the plan.
variable "smtp_credentials" {
  type      = object({ username = string, password = string })
  sensitive = true
  ephemeral = true
}

variable "api_keys" {
  type = object({
    id_key  = string
    clients = list(object({ id = string, key_hashes = list(string), requests_per_second = number, burst = number }))
  })
  sensitive = true
  ephemeral = true
}

module "secrets" {
  source = "../terraform/modules/secrets"

  aws         = local.aws
  name        = "notifications"
  kms_key_arn = local.kms_key_arn
  keep_days   = 30

  settings = {
    notification-api = { LOG_LEVEL = "INFO" }
    email-sender     = { LOG_LEVEL = "DEBUG", MAIL_PROVIDER = "smtp" }
  }

  smtp_login               = true
  smtp_credentials         = var.smtp_credentials
  smtp_credentials_version = 1
  api_keys                 = var.api_keys
  api_keys_version         = 1
}

# Credentials as short as may be, and clients at the ends of what is accepted.
module "secrets_short" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "short"
  kms_key_arn              = local.kms_key_arn
  keep_days                = 30
  settings                 = {}
  smtp_login               = true
  smtp_credentials         = { username = "u", password = "p" }
  smtp_credentials_version = 2
  api_keys = {
    id_key = format("%032s", "a")
    clients = [
      { id = "0", key_hashes = [format("%064s", "1")], requests_per_second = 0.1, burst = 1 },
      { id = format("%063s", "a"), key_hashes = [format("%064s", "2"), format("%064s", "3")], requests_per_second = 1000, burst = 2000 },
    ]
  }
  api_keys_version = 2
}

# Somebody else writes the secret's value; what can be given at the least.
module "secrets_unwritten" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "unwritten"
  kms_key_arn              = local.kms_key_arn
  keep_days                = 0
  settings                 = { email-sender = { MAIL_FROM = "a" } }
  smtp_login               = true
  smtp_credentials         = null
  smtp_credentials_version = 0
  api_keys                 = null
  api_keys_version         = 0
}

# No login, and so neither a secret nor a need for credentials; a value as long as may be.
module "secrets_without_login" {
  source = "../terraform/modules/secrets"

  aws                      = local.aws
  name                     = "without-login"
  kms_key_arn              = local.kms_key_arn
  keep_days                = 7
  settings                 = { email-sender = { MAIL_FROM = format("%4096s", "a") } }
  smtp_login               = false
  smtp_credentials         = null
  smtp_credentials_version = 3
  api_keys                 = null
  api_keys_version         = 0
}

output "secrets" {
  value = {
    written = {
      parameters      = module.secrets.parameters
      smtp_secret     = module.secrets.smtp_secret
      api_keys_secret = module.secrets.api_keys_secret
    }
    without_login = module.secrets_without_login.smtp_secret
  }
}
