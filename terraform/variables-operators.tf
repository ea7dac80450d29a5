variable "operators" {
  description = <<-EOT
    Roles and users of this account that may take the operators' role; without any there is none. "*" may stand at the end, for the digits that IAM Identity Center adds to a role's name.
    Example: ["arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Operators_*"]
  EOT
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.operators : can(regex("^arn:[a-z-]+:iam::${var.aws_account_id}:(role|user)/[A-Za-z0-9+=,.@_/-]+[*]?$", arn))])
    error_message = "operators must be ARNs of roles or users of aws_account_id, with * at the end at most."
  }
}

variable "ledger_table_name" {
  description = "Name of the ledger's table, once a restored one has taken its place (docs/runbook.md, restore-the-ledger); null for the one that was made first. Example: \"notifications-staging-deliveries-restored-20261129\"."
  type        = string
  default     = null

  # By this beginning deployments and tasks know that the table is theirs.
  validation {
    condition     = var.ledger_table_name == null || can(regex("^${var.name}-${var.environment}-[A-Za-z0-9_.-]+$", var.ledger_table_name))
    error_message = "ledger_table_name must begin with the system's name and environment, as in notifications-staging-deliveries."
  }

  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  validation {
    condition     = var.ledger_table_name == null || length(coalesce(var.ledger_table_name, "-")) <= 255
    error_message = "ledger_table_name must be at most 255 characters long."
  }
}
