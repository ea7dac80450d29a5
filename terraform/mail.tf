# What became of mails is told by SES alone.
module "mail" {
  source = "./modules/mail"
  count  = local.smtp ? 0 : 1

  aws                = local.aws
  name               = local.name
  domain             = local.mail_domain
  create_identity    = var.mail.create_identity
  kms_key_arn        = module.encryption.key_arn
  visibility_timeout = local.visibility_timeout
}

locals {
  smtp       = var.mail.provider == "smtp"
  smtp_login = local.smtp && var.mail.smtp_login

  # "submissions", and what SES has beside it (RFC 8314, 7.3;
  # https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html).
  smtp_implicit_tls = coalesce(var.mail.smtp_implicit_tls, contains([465, 2465], var.mail.smtp_port))

  # SES keeps domains in lower case, and IAM compares addresses letter by letter; what stands before the "@"
  # belongs to whoever has the domain (RFC 5321, 2.4).
  mail_domain = lower(split("@", var.mail.from)[1])
  mail_from   = "${split("@", var.mail.from)[0]}@${local.mail_domain}"

  # What the Email Sender and the alarms are told of SES; null with a relay, which tells nothing.
  mail = one(module.mail)
}
