variable "permissions" {
  description = <<-EOT
    What the task role allows, by statement id; conditions are StringEquals. Under a condition a resource may be
    all of one kind, such as ".../identity/*"; "*" goes with actions alone for which AWS knows no resource.
    Example: { SendToQueue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:..."] } }
  EOT
  type = map(object({
    actions    = set(string)
    resources  = set(string)
    conditions = optional(map(set(string)), {})
  }))

  default = {}

  validation {
    condition     = !local.is_candidate || length(var.permissions) == 0
    error_message = "permissions are not given to a release candidate: it has the role of its service."
  }

  validation {
    condition = alltrue(flatten([
      for statement in var.permissions : concat(
        [for action in statement.actions : !strcontains(action, "*")],
        [
          for resource in statement.resources :
          resource == "*"
          ? length(setsubtract(statement.actions, local.actions_without_resource)) == 0
          : !strcontains(length(statement.conditions) > 0 ? trimsuffix(resource, "/*") : resource, "*")
        ],
      )
    ]))
    error_message = "permissions must name actions and resources in full, without wildcards. All of one kind of resource, such as identity/*, goes with conditions only, and * with actions that have no resource."
  }
}

locals {
  # What a task asks for that AWS grants on everything or not at all
  # (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
  actions_without_resource = ["ses:GetAccount"]
}
