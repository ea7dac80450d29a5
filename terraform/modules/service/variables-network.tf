variable "network" {
  description = "Where tasks run: vpc_id, private_subnet_ids, and the endpoints for AWS's services: the interface endpoints' group, the gateway endpoints' prefix lists."
  type = object({
    vpc_id                     = string
    private_subnet_ids         = list(string)
    endpoint_security_group_id = string
    prefix_list_ids            = list(string)
  })
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
}

variable "load_balancer" {
  description = "Load balancer in front: target_group_arn and security_group_id; null for none."
  type = object({
    target_group_arn  = string
    security_group_id = string
  })
  default = null
}
