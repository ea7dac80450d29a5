variable "wrong_mail" {
  default = {
    low  = { name = "", domain = "Refused.example", visibility_timeout = 0 }
    high = { name = "a123456789b123456789c123456789d123456789e123456789f1234", domain = "refused.example", visibility_timeout = 43201 }
  }
}

module "mail" {
  source   = "../terraform/modules/mail"
  for_each = var.wrong_mail

  aws                = local.aws
  name               = each.value.name
  domain             = each.value.domain
  create_identity    = true
  kms_key_arn        = local.kms_key_arn
  visibility_timeout = each.value.visibility_timeout
}
