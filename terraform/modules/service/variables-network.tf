variable "network" {
  description = "Where tasks run: vpc_id, private_subnet_ids, and the endpoints for AWS's services: private_endpoints says whether there are interface endpoints (\"all\") or gateway endpoints alone (\"gateway\", and the rest of AWS is reached on port 443 of anybody), then the interface endpoints' group and the gateway endpoints' prefix lists."
  type = object({
    vpc_id                     = string
    private_subnet_ids         = list(string)
    private_endpoints          = string
    endpoint_security_group_id = string
    prefix_list_ids            = list(string)
  })

  validation {
    condition     = contains(["all", "gateway"], var.network.private_endpoints)
    error_message = "network.private_endpoints must be all or gateway."
  }
}

variable "internet_ports" {
  description = "TCP ports that tasks may connect to anywhere, beside AWS's services by endpoint. Example: [587]."
  type        = set(number)
  default     = []

  validation {
    condition     = alltrue([for port in var.internet_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "internet_ports must lie between 1 and 65535."
  }
}

variable "callers" {
  description = "Security groups of the services that call this one's port, by name. Example: { notification-api = \"sg-0a1b2c3d\" }."
  type        = map(string)
  default     = {}

  validation {
    condition     = !local.is_candidate || length(var.callers) == 0
    error_message = "callers are not given to a release candidate: it has the security group of its service."
  }
}

variable "load_balancer" {
  description = "Load balancer in front: target_group_arn and security_group_id; null for none."
  type = object({
    target_group_arn  = string
    security_group_id = string
  })
  default = null
}
