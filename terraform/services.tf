# What registry, secrets, discovery, mesh and monitoring know of each service. A third one is an entry here and
# a call of modules/service in a file of its own.
locals {
  services = {
    notification-api = {
      port              = 8080
      health_check_path = "/healthz"
      calls             = ["email-sender"]
      cpu_target        = var.notification_api.cpu_target

      # What operators may read, by the name of the environment variable.
      settings = {
        LOG_LEVEL = var.log_level
        SMTPUTF8  = tostring(var.mail.smtputf8)
      }
    }

    email-sender = {
      port              = 8081
      health_check_path = "/healthz"
      calls             = []
      cpu_target        = var.email_sender.cpu_target

      settings = merge(
        {
          LOG_LEVEL     = var.log_level
          MAIL_FROM     = local.mail_from
          MAIL_PROVIDER = var.mail.provider
        },
        var.mail.from_name == null ? {} : { MAIL_FROM_NAME = var.mail.from_name },
        local.smtp ? {
          SMTP_HOST         = var.mail.smtp_host
          SMTP_PORT         = tostring(var.mail.smtp_port)
          SMTP_IMPLICIT_TLS = tostring(local.smtp_implicit_tls)
          SMTP_STARTTLS     = tostring(var.mail.smtp_starttls)
        } : {},
        # Left out, the Email Sender says the domain of MAIL_FROM as DNS has it.
        local.smtp && var.mail.smtp_helo_name != null ? { SMTP_HELO_NAME = var.mail.smtp_helo_name } : {},
      )
    }
  }

  # Release candidates beside them, each with its service's repository, settings, port and calls, under a name of
  # its own, and the candidate's percentage of requests. Nobody asks the Email Sender's: it takes mails.
  canaries = {
    notification-api = var.canary == null ? 0 : var.canary.weight
    email-sender     = 0
  }
}
