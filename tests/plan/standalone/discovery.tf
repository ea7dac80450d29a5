module "discovery" {
  source = "../terraform/modules/discovery"

  namespace = "standalone.internal"
  vpc_id    = "vpc-1"
  services  = ["notification-api", "notification-api-canary", "email-sender", "email-sender-canary"]
}

# The shortest and the longest name.
module "discovery_edge" {
  source = "../terraform/modules/discovery"

  namespace = "a.b"
  vpc_id    = "vpc-1"
  services  = ["a", "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-123456789"]
}

output "discovery_namespace" {
  value = module.discovery.namespace
}

output "discovery_names" {
  value = module.discovery.names
}
