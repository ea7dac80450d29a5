module "mail" {
  source = "../terraform/modules/mail"

  aws                = local.aws
  name               = "standalone"
  domain             = "standalone.example"
  create_identity    = true
  kms_key_arn        = local.kms_key_arn
  visibility_timeout = 30
}

# Somebody else has verified the domain; the region keeps DKIM's keys at a name of its own.
module "mail_high" {
  source = "../terraform/modules/mail"

  aws                = merge(local.aws, { region = "eu-south-1" })
  name               = "high"
  domain             = "standalone.example"
  create_identity    = false
  kms_key_arn        = local.kms_key_arn
  visibility_timeout = 43200
}

output "mail" {
  value = {
    configuration_set = module.mail.configuration_set
    queue             = module.mail.queue
    dead_letter_queue = module.mail.dead_letter_queue
    records_of_others = module.mail_high.dns_records
  }
}
