variable "wrong_registry" {
  default = { images_kept = 9 }
}

module "registry" {
  source = "../terraform/modules/registry"

  aws          = local.aws
  name         = "refused"
  repositories = ["refused"]
  force_delete = true
  kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/1"
  images_kept  = var.wrong_registry.images_kept
}
