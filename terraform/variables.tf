variable "name" {
  description = "Name of the system; first part of every resource's name. Example: \"notifications\"."
  type        = string
  default     = "notifications"

  validation {
    # A target group's name has 32 characters: name, environment and "api" must fit.
    condition     = can(regex("^[a-z][a-z0-9-]{0,14}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 16 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "environment" {
  description = "Where this runs: \"development\", \"staging\" or \"production\"."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment must be development, staging or production."
  }
}

variable "aws_region" {
  description = "AWS region. Example: \"eu-central-1\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region must be a region's code, such as eu-central-1."
  }
}

variable "aws_account_id" {
  description = "Account that everything is created in; any other account is refused. Example: \"111122223333\"."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be 12 digits, quoted so that a leading zero stays."
  }
}

variable "availability_zones" {
  description = "Availability zones to spread over. Example: [\"eu-central-1a\", \"eu-central-1b\"]."
  type        = list(string)

  validation {
    condition     = alltrue([for zone in var.availability_zones : startswith(zone, var.aws_region)])
    error_message = "availability_zones must all lie in aws_region."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC. Example: \"10.20.0.0/16\"."
  type        = string
  default     = "10.20.0.0/16"
}

variable "nat_gateway_per_zone" {
  description = "One NAT gateway in each zone (survives the loss of a zone) instead of one for all (cheaper)."
  type        = bool
  default     = false
}

variable "certificate_arn" {
  description = "ACM certificate of the HTTPS listener; null serves plain HTTP, which production refuses."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn != null || var.environment != "production"
    error_message = "certificate_arn is required in production: plain HTTP is for development and staging."
  }
}

variable "allowed_cidr_blocks" {
  description = "Who may reach the load balancer. Example: [\"203.0.113.0/24\"]."
  type        = set(string)
  default     = ["0.0.0.0/0"]
}

variable "image_tag" {
  description = "Tag of both images; tags are immutable, so a release is a new tag. Example: \"1.4.2\"."
  type        = string

  validation {
    condition     = var.image_tag != "latest" && can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "image_tag must be a valid image tag other than latest, such as 1.4.2 or a commit's hash."
  }
}

variable "log_level" {
  description = "Least severe level that the services log: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days that the services' logs are kept. Example: 30."
  type        = number
  default     = 30
}

variable "notification_api" {
  description = <<-EOT
    Size and scaling of the Notification API. Units: CPU units (1024 are one vCPU), MiB, tasks, percent, seconds.
    Example: { cpu = 512, memory = 1024, max_tasks = 10 }
  EOT
  type = object({
    cpu                = optional(number, 256)
    memory             = optional(number, 512)
    min_tasks          = optional(number, 2)
    max_tasks          = optional(number, 8)
    cpu_target         = optional(number, 70)
    scale_out_cooldown = optional(number, 60)
    scale_in_cooldown  = optional(number, 300)
  })
  default = {}
}

variable "email_sender" {
  description = <<-EOT
    Size and scaling of the Email Sender, as for notification_api; concurrency is the number of mails a task
    sends at a time, send_timeout the seconds it gives the mail server for one.
    Example: { max_tasks = 8, concurrency = 50 }
  EOT
  type = object({
    cpu                = optional(number, 256)
    memory             = optional(number, 512)
    min_tasks          = optional(number, 1)
    max_tasks          = optional(number, 4)
    cpu_target         = optional(number, 70)
    scale_out_cooldown = optional(number, 60)
    scale_in_cooldown  = optional(number, 300)
    concurrency        = optional(number, 20)
    send_timeout       = optional(number, 5)
  })
  default = {}

  validation {
    condition     = var.email_sender.concurrency >= 1 && floor(var.email_sender.concurrency) == var.email_sender.concurrency
    error_message = "email_sender.concurrency must be a whole number of mails, at least 1."
  }

  validation {
    condition     = var.email_sender.send_timeout >= 1 && var.email_sender.send_timeout <= 20
    error_message = "email_sender.send_timeout must lie between 1 and 20 seconds, so that a mail in hand is finished before a stopping task is killed."
  }
}

variable "mail" {
  description = <<-EOT
    How mails leave. provider is "ses" or "smtp"; from is the sender's address, whose domain must be an identity
    of SES when that is the provider. The SMTP fields count for smtp only.
    Example: { provider = "ses", from = "no-reply@example.com" }
    Example: { provider = "smtp", from = "no-reply@example.com", smtp_host = "smtp.example.com", smtp_port = 587 }
  EOT
  type = object({
    provider      = string
    from          = string
    smtp_host     = optional(string)
    smtp_port     = optional(number, 587)
    smtp_starttls = optional(bool, true)
  })

  validation {
    condition     = contains(["ses", "smtp"], var.mail.provider)
    error_message = "mail.provider must be ses or smtp."
  }

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.mail.from))
    error_message = "mail.from must be an email address."
  }

  validation {
    condition     = var.mail.provider != "smtp" || try(length(var.mail.smtp_host) > 0, false)
    error_message = "mail.smtp_host is required when mail.provider is smtp."
  }

  validation {
    condition     = var.mail.smtp_port >= 1 && var.mail.smtp_port <= 65535
    error_message = "mail.smtp_port must lie between 1 and 65535."
  }
}
