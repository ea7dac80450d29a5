variable "wrong_discovery" {
  default = {
    digit  = { namespace = "internal", vpc_id = "my-own", service = "1a" }
    long   = { namespace = "a.internal.", service = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-1234567890" }
    upper  = { namespace = "A_a.internal", service = "A" }
    before = { namespace = "-a.internal", service = "web-" }
    after  = { namespace = "a-.internal", service = "web-" }
    empty  = { namespace = "a..internal", service = "web-" }
  }
}

module "discovery" {
  source   = "../terraform/modules/discovery"
  for_each = var.wrong_discovery

  namespace = each.value.namespace
  vpc_id    = try(each.value.vpc_id, "vpc-1")
  services  = ["a", each.value.service]
}
