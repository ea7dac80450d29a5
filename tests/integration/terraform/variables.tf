variable "name" {
  description = "First part of every name. Example: \"notifications-staging\"."
  type        = string
}

variable "environment" {
  description = "Value of the dimension Environment of the services' own metrics. Example: \"staging\"."
  type        = string
}

variable "aws_region" {
  description = "AWS region. Example: \"eu-central-1\"."
  type        = string
}

variable "aws_account_id" {
  description = "What LocalStack takes for the account: the access key. Example: \"123456789012\"."
  type        = string
}

variable "queue" {
  description = "Queues as the system's own root plans them."
  type = object({
    name                       = string
    visibility_timeout         = number
    max_receive_count          = number
    retention_days             = number
    dead_letter_retention_days = number
  })
}

variable "mail_domain" {
  description = "Domain that mails come from. Example: \"example.com\"."
  type        = string
}

variable "ledger_name" {
  description = "Table of deliveries. Example: \"notifications-staging-deliveries\"."
  type        = string
}

variable "settings" {
  description = "Plain settings, by service and environment variable."
  type        = map(map(string))
}

variable "smtp_credentials" {
  description = "Username and password that the mail server wants."
  type        = object({ username = string, password = string })
  sensitive   = true
  ephemeral   = true
}

variable "api_keys" {
  description = "Who may call the Notification API."
  type = object({
    id_key = string
    clients = list(object({
      id                  = string
      key_hashes          = list(string)
      requests_per_second = number
      burst               = number
    }))
  })
  sensitive = true
  ephemeral = true
}
