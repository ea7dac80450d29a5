output "names" {
  description = "What was created, by the environment variable that a task definition names it in."
  value = {
    QUEUE_NAME                         = module.queue.name
    PRIORITY_QUEUE_NAME                = module.queue.priority_name
    DEAD_LETTER_QUEUE_NAME             = module.queue.dead_letter_queue_name
    LEDGER_TABLE                       = module.ledger.name
    SMTP_SECRET                        = module.secrets.smtp_secret.name
    API_KEYS_SECRET                    = module.secrets.api_keys_secret.name
    SES_CONFIGURATION_SET              = module.mail.configuration_set.name
    MAIL_EVENTS_QUEUE_NAME             = module.mail.queue.name
    MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME = module.mail.dead_letter_queue.name
  }
}

output "parameters" {
  description = "ARNs of the parameters, by service and environment variable."
  value       = module.secrets.parameters
}
