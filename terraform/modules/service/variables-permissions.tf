variable "permissions" {
  description = <<-EOT
    What the task role allows, by statement id; conditions are StringEquals.
    Example: { SendToQueue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:..."] } }
  EOT
  type = map(object({
    actions    = set(string)
    resources  = set(string)
    conditions = optional(map(set(string)), {})
  }))

  validation {
    condition = alltrue(flatten([
      for statement in var.permissions : [
        for pattern in setunion(statement.actions, statement.resources) : !strcontains(pattern, "*")
      ]
    ]))
    error_message = "permissions must name actions and resources in full, without wildcards."
  }
}
