variable "permissions" {
  description = <<-EOT
    What the task role allows, by statement id; conditions are StringEquals. Under a condition a resource may be
    all of one kind, such as ".../identity/*".
    Example: { SendToQueue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:..."] } }
  EOT
  type = map(object({
    actions    = set(string)
    resources  = set(string)
    conditions = optional(map(set(string)), {})
  }))

  validation {
    condition = alltrue(flatten([
      for statement in var.permissions : concat(
        [for action in statement.actions : !strcontains(action, "*")],
        [
          for resource in statement.resources :
          !strcontains(length(statement.conditions) > 0 ? trimsuffix(resource, "/*") : resource, "*")
        ],
      )
    ]))
    error_message = "permissions must name actions and resources in full, without wildcards. All of one kind of resource, such as identity/*, goes with conditions only."
  }
}
