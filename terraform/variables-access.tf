# Where the system is reached, and by whom. What an address or a name must look like is the load
# balancer's own matter: modules/load_balancer says so.

variable "allowed_cidr_blocks" {
  description = "Who may reach the load balancer: IPv4 ranges. Nobody until some are named; with plain_http none wider than /8. Example: [\"203.0.113.0/24\"]."
  type        = set(string)
  default     = []
}

variable "domain_name" {
  description = "Name that callers use and that the certificate is for; required with https. Example: \"notifications.example.com\"."
  type        = string
  default     = null
}

variable "hosted_zone_id" {
  description = "Route 53 hosted zone that gets an alias of domain_name to the load balancer; null where the name is kept elsewhere. Example: \"Z0123456789ABCDEFGHIJ\"."
  type        = string
  default     = null
}
