variable "wrong_registry" {
  default = { low = 9, half = 12.5 }
}

module "registry" {
  source   = "../terraform/modules/registry"
  for_each = var.wrong_registry

  aws          = local.aws
  name         = "refused"
  repositories = ["refused"]
  force_delete = true
  kms_key_arn  = local.kms_key_arn
  images_kept  = each.value
}
