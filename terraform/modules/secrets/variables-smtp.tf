variable "smtp_login" {
  description = "Whether the SMTP server wants a login, so that there is a secret for it."
  type        = bool
}

variable "smtp_credentials" {
  description = "Username and password to write into the secret; kept neither in a plan nor in the state."
  type = object({
    username = string
    password = string
  })
  sensitive = true
  ephemeral = true

  validation {
    # Wanted by every plan and not only by the one that writes them, since Terraform cannot tell these apart.
    # Version 0 ends that, and leaves the secret's value as it is.
    condition = (
      !var.smtp_login || var.smtp_credentials_version == 0
      || try(length(var.smtp_credentials.username) > 0 && length(var.smtp_credentials.password) > 0, false)
    )
    error_message = "smtp_credentials must have a username and a password while smtp_credentials_version is above 0."
  }
}

variable "smtp_credentials_version" {
  description = "Raise it to write smtp_credentials anew; 0 leaves the secret's value to somebody else. Example: 1."
  type        = number
}
