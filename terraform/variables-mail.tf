variable "mail" {
  description = <<-EOT
    How mails leave. provider is "ses" or "smtp"; from is the sender's address alone, from_name the name that
    recipients see beside it.
    With ses its domain becomes an identity of SES, whose DNS records are the output mail_dns_records; set
    create_identity to false where that identity is there already. The SMTP fields count for smtp only: ports 465
    and 2465 speak TLS from the first byte, on all others a connection begins in the clear and smtp_starttls
    says whether it must be encrypted before a mail; smtp_implicit_tls says so of a port that nobody knows.
    smtp_login says whether the server wants the credentials that lie in Secrets Manager, smtp_helo_name what the
    sender calls itself (without it: the domain of from), smtputf8 whether the server takes addresses that are not
    ASCII before the "@".
    Example: { provider = "ses", from = "no-reply@example.com", from_name = "Example Ltd" }
    Example: { provider = "smtp", from = "no-reply@example.com", smtp_host = "smtp.example.com", smtp_port = 587 }
  EOT
  type = object({
    provider          = string
    from              = string
    from_name         = optional(string)
    create_identity   = optional(bool, true)
    smtp_host         = optional(string)
    smtp_port         = optional(number, 587)
    smtp_implicit_tls = optional(bool)
    smtp_starttls     = optional(bool, true)
    smtp_login        = optional(bool, true)
    smtp_helo_name    = optional(string)
    smtputf8          = optional(bool, false)
  })

  validation {
    condition     = contains(["ses", "smtp"], var.mail.provider)
    error_message = "mail.provider must be ses or smtp."
  }

  validation {
    # RFC 5321, 4.5.3.1: 64 octets before the "@", 254 in all. A display name, a second address or a quoted
    # part would have characters that are left out here.
    condition     = length(var.mail.from) <= 254 && can(regex("^[^@[:space:][:cntrl:]<>()\\[\\]\\\\,;:\"]{1,64}@[^@[:space:][:cntrl:]<>()\\[\\]\\\\,;:\"]+$", var.mail.from))
    error_message = "mail.from must be an email address and nothing else, such as no-reply@example.com: no display name, no angle brackets, no blanks."
  }

  validation {
    condition     = !can(regex("(^[.]|[.][.]|[.]@|@[.]|[.]$)", var.mail.from))
    error_message = "mail.from must not begin or end with a dot on either side of the @, nor have two in a row: write example.com, not example.com."
  }

  validation {
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html (FromEmailAddress)
    condition     = var.mail.provider != "ses" || can(regex("^[!-~]+$", var.mail.from))
    error_message = "mail.from must be ASCII with SES: write a domain with other letters in Punycode, such as xn--bcher-kva.example."
  }

  validation {
    # RFC 6531, 3.1: a server without SMTPUTF8 takes no such address. The domain's part is sent in Punycode.
    condition     = var.mail.provider != "smtp" || var.mail.smtputf8 || can(regex("^[!-~]+@", var.mail.from))
    error_message = "mail.from must be ASCII before the @ unless mail.smtputf8 says that the server takes others."
  }

  validation {
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
    condition     = var.mail.provider != "ses" || !var.mail.smtputf8
    error_message = "mail.smtputf8 must be false with SES, which takes ASCII alone before the @."
  }

  validation {
    # One line of a header (RFC 5322, 2.2). SSM keeps it, and takes no double braces:
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    condition = var.mail.from_name == null || try(
      length(var.mail.from_name) <= 64 && can(regex("^[^[:space:][:cntrl:]]([^\\p{Cc}\\p{Zl}\\p{Zp}]*[^[:space:][:cntrl:]])?$", var.mail.from_name)) && !strcontains(var.mail.from_name, "{{"),
      false
    )
    error_message = "mail.from_name must be one line of 1 to 64 characters without control characters, blanks around it or double braces, such as Example Ltd; leave it out for none."
  }

  validation {
    # RFC 5321, 4.1.1.1: a name that resolves. Relays refuse one without a dot.
    condition = var.mail.smtp_helo_name == null || try(
      length(var.mail.smtp_helo_name) <= 253 && can(regex("^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", var.mail.smtp_helo_name)),
      false
    )
    error_message = "mail.smtp_helo_name must be a name of DNS in full, such as mail.example.com; leave it out for the domain of mail.from."
  }

  validation {
    # What the sender calls itself then (RFC 5321, 4.1.2). A domain that is not ASCII it says in Punycode.
    condition     = var.mail.provider != "smtp" || var.mail.smtp_helo_name != null || can(regex("@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.]?)+$|@.*[^!-~]", var.mail.from))
    error_message = "mail.smtp_helo_name is required where the domain of mail.from is no name of DNS."
  }

  validation {
    # What a name in DNS can be: RFC 1035, 2.3.1 and RFC 1123, 2.1.
    condition     = var.mail.provider != "ses" || can(regex("(?i)@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]*[a-z0-9]$", var.mail.from))
    error_message = "mail.from must have a domain of DNS with SES, such as example.com."
  }

  validation {
    condition     = var.mail.provider != "smtp" || try(length(var.mail.smtp_host) > 0, false)
    error_message = "mail.smtp_host is required when mail.provider is smtp."
  }

  validation {
    condition     = try(length(var.mail.smtp_host) == 0 || can(regex("^[A-Za-z0-9._-]+$", var.mail.smtp_host)), var.mail.smtp_host == null)
    error_message = "mail.smtp_host must be a host's name or IPv4 address, such as smtp.example.com: no scheme, no port, which is mail.smtp_port."
  }

  validation {
    condition     = var.mail.smtp_port >= 1 && var.mail.smtp_port <= 65535 && floor(var.mail.smtp_port) == var.mail.smtp_port
    error_message = "mail.smtp_port must be a whole number between 1 and 65535."
  }

  validation {
    condition     = try(!contains([465, 2465], var.mail.smtp_port) || var.mail.smtp_implicit_tls, true)
    error_message = "mail.smtp_implicit_tls must be true or left out with mail.smtp_port 465 and 2465, which speak TLS from the first byte."
  }

  validation {
    condition     = try(!contains([25, 587, 2587], var.mail.smtp_port) || !var.mail.smtp_implicit_tls, true)
    error_message = "mail.smtp_implicit_tls must be false or left out with mail.smtp_port 25, 587 and 2587, which begin in the clear."
  }

  validation {
    condition     = var.mail.provider != "smtp" || !var.mail.smtp_login || var.mail.smtp_starttls || coalesce(var.mail.smtp_implicit_tls, contains([465, 2465], var.mail.smtp_port))
    error_message = "mail.smtp_starttls must be true with mail.smtp_login: a password never goes over a connection that is not encrypted."
  }
}

variable "smtp_credentials" {
  description = "What the SMTP server wants; written to Secrets Manager, kept neither in a plan nor in the state."
  type = object({
    username = string
    password = string
  })
  sensitive = true
  ephemeral = true
  default   = null
}

variable "smtp_credentials_version" {
  description = "Raise it to write smtp_credentials anew; 0 leaves the secret's value to somebody else. Example: 1."
  type        = number
  default     = 0

  validation {
    condition     = var.smtp_credentials_version >= 0 && floor(var.smtp_credentials_version) == var.smtp_credentials_version
    error_message = "smtp_credentials_version must be a whole number, at least 0."
  }
}
