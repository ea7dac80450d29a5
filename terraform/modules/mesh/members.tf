locals {
  # The canary is its service once more.
  canary = "${var.canary.service}-canary"
  members = merge(
    var.services,
    { for name, service in var.services : local.canary => service if name == var.canary.service },
  )

  called = toset(flatten([for service in var.services : tolist(service.calls)]))

  # Percentage of a service's requests that goes to each of its virtual nodes.
  weights = {
    for service in keys(var.services) : service => merge(
      { (service) = service == var.canary.service ? 100 - var.canary.weight : 100 },
      { for name in [local.canary] : name => var.canary.weight if service == var.canary.service },
    )
  }
}
