# JSON: {"username": "...", "password": "..."}
resource "aws_secretsmanager_secret" "smtp" {
  count = var.smtp_login ? 1 : 0

  name                    = "${var.name}/smtp"
  description             = "Username and password for the SMTP server"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.keep_days
}

# Write-only: Terraform sends the value and forgets it
# (https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only).
resource "aws_secretsmanager_secret_version" "smtp" {
  count = var.smtp_login && var.smtp_credentials_version > 0 ? 1 : 0

  secret_id                = aws_secretsmanager_secret.smtp[0].id
  secret_string_wo         = jsonencode(var.smtp_credentials)
  secret_string_wo_version = var.smtp_credentials_version
}
