# JSON: {"id_key": "...", "clients": [{"id": "...", "key_hashes": ["..."], "requests_per_second": 50, "burst": 100}]}
resource "aws_secretsmanager_secret" "api_keys" {
  name                    = "${var.name}/api-keys"
  description             = "Who may call the Notification API, and how often"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.keep_days
}

# Write-only, as the SMTP server's login is. Keys are in it as hashes only; id_key is a key of its own.
resource "aws_secretsmanager_secret_version" "api_keys" {
  count = var.api_keys_version > 0 ? 1 : 0

  secret_id                = aws_secretsmanager_secret.api_keys.id
  secret_string_wo         = jsonencode(var.api_keys)
  secret_string_wo_version = var.api_keys_version
}
