locals {
  # A canary is its service once more.
  members = merge(var.services, { for name in keys(var.canaries) : "${name}-canary" => var.services[name] })

  called = toset(flatten([for service in var.services : tolist(service.calls)]))

  # Percentage of a service's requests that goes to each of its virtual nodes.
  weights = {
    for service in keys(var.services) : service => merge(
      { (service) = 100 - lookup(var.canaries, service, 0) },
      { for name, weight in var.canaries : "${name}-canary" => weight if name == service },
    )
  }
}
