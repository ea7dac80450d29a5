variable "services" {
  description = <<-EOT
    What is in the mesh, by name: the port of the tasks, the path of their health check and whom they call.
    Example: { email-sender = { port = 8081, health_check_path = "/healthz", calls = [] } }
  EOT
  type = map(object({
    port              = number
    health_check_path = string
    calls             = set(string)
  }))

  validation {
    condition     = alltrue([for name in keys(var.services) : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "services must have names of 1 to 63 lower-case letters, digits and dashes, beginning with a letter and not ending in a dash."
  }

  validation {
    condition     = alltrue([for service in var.services : service.port >= 1024 && service.port <= 65535 && floor(service.port) == service.port])
    error_message = "services[*].port must lie between 1024 and 65535: the container's user may not open a lower one."
  }

  validation {
    condition     = alltrue([for service in var.services : startswith(service.health_check_path, "/")])
    error_message = "services[*].health_check_path must begin with a slash."
  }

  validation {
    condition = alltrue(flatten([
      for name, service in var.services : [
        for called in service.calls : contains(keys(var.services), called) && called != name
      ]
    ]))
    error_message = "services[*].calls must name other services of the mesh."
  }
}

variable "canaries" {
  description = <<-EOT
    Percentage of requests of each service's canary, by service; a service that is left out has none.
    Example: { notification-api = 10, email-sender = 0 }
  EOT
  type        = map(number)

  validation {
    condition     = length(setsubtract(keys(var.canaries), keys(var.services))) == 0
    error_message = "canaries must be of services: ${join(", ", setsubtract(keys(var.canaries), keys(var.services)))}."
  }

  validation {
    condition     = alltrue([for weight in var.canaries : weight >= 0 && weight <= 100 && floor(weight) == weight])
    error_message = "canaries must have whole percentages from 0 to 100."
  }
}
