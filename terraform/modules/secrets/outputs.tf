output "parameters" {
  description = "ARNs of the parameters, by service and environment variable."
  value = {
    for service, settings in var.settings : service => {
      for variable in keys(settings) :
      variable => "arn:${var.aws.partition}:ssm:${var.aws.region}:${var.aws.account_id}:parameter${aws_ssm_parameter.this["${service}/${variable}"].name}"
    }
  }
}

output "settings_digests" {
  description = "What tells one state of a service's settings from another, by service."
  value       = { for service, settings in var.settings : service => substr(sha256(jsonencode(settings)), 0, 12) }
}

output "smtp_secret" {
  description = "The secret with the SMTP server's login: its name, and its ARN for a policy; null without a login."

  # Secrets Manager adds a dash and six characters of its own to a name
  # (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html).
  value = var.smtp_login ? {
    name        = aws_secretsmanager_secret.smtp[0].name
    arn_pattern = "arn:${var.aws.partition}:secretsmanager:${var.aws.region}:${var.aws.account_id}:secret:${aws_secretsmanager_secret.smtp[0].name}-??????"
  } : null

  # Whoever logs in starts after there is something to log in with.
  depends_on = [aws_secretsmanager_secret_version.smtp]
}

output "api_keys_secret" {
  description = "The secret with the API's keys: its name, and its ARN for a policy."
  value = {
    name        = aws_secretsmanager_secret.api_keys.name
    arn_pattern = "arn:${var.aws.partition}:secretsmanager:${var.aws.region}:${var.aws.account_id}:secret:${aws_secretsmanager_secret.api_keys.name}-??????"
  }

  # The API starts after there are keys to know its callers by.
  depends_on = [aws_secretsmanager_secret_version.api_keys]
}
