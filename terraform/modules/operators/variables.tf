variable "aws" {
  description = "Where ARNs point: partition, account_id. Example: { partition = \"aws\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    account_id = string
  })
}

variable "name" {
  description = "First part of the role's name. Example: \"notifications-staging\"."
  type        = string
}

variable "permissions_boundary_arn" {
  description = "Permission boundary of the role; null without one."
  type        = string
  default     = null
}

variable "principal_arns" {
  description = "Roles and users that may take the role; a pattern may end in \"*\". Example: [\"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Operators_*\"]."
  type        = set(string)
}

variable "queue_arns" {
  description = "Queues that dead letters go back to."
  type        = list(string)
}

variable "dead_letter_queue_arn" {
  description = "Queue that dead letters lie in."
  type        = string
}

variable "ledger_arn" {
  description = "Table of the ledger."
  type        = string
}
