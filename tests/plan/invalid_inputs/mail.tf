variable "wrong_mail" {
  default = {
    low  = { name = "", domain = "Refused.example", visibility_timeout = 0 }
    high = { name = "a123456789b123456789c123456789d123456789e123456789f1234", domain = "refused.example", visibility_timeout = 43201 }
  }
}

module "mail_low" {
  source = "../terraform/modules/mail"

  aws                = local.aws
  name               = var.wrong_mail.low.name
  domain             = var.wrong_mail.low.domain
  create_identity    = true
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  visibility_timeout = var.wrong_mail.low.visibility_timeout
}

module "mail_high" {
  source = "../terraform/modules/mail"

  aws                = local.aws
  name               = var.wrong_mail.high.name
  domain             = var.wrong_mail.high.domain
  create_identity    = true
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/1"
  visibility_timeout = var.wrong_mail.high.visibility_timeout
}
