variable "wrong_discovery" {
  default = {
    namespace = "internal"
    vpc_id    = "my-own"
    services  = { digit = "1a", upper = "A", long = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-1234567890" }
  }
}

module "discovery" {
  source = "../terraform/modules/discovery"

  namespace = var.wrong_discovery.namespace
  vpc_id    = var.wrong_discovery.vpc_id
  services  = ["a", var.wrong_discovery.services.digit]
}

module "discovery_long" {
  source = "../terraform/modules/discovery"

  namespace = "a.${var.wrong_discovery.namespace}."
  vpc_id    = "vpc-1"
  services  = [var.wrong_discovery.services.long]
}

module "discovery_upper" {
  source = "../terraform/modules/discovery"

  namespace = "${var.wrong_discovery.services.upper}_a.internal"
  vpc_id    = "vpc-1"
  services  = [var.wrong_discovery.services.upper]
}
