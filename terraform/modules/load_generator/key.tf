# The key that the load comes with: <client id>.<key>, of a client of its own among those in the secret of the
# Notification API, whose rate limit is above the load. Its value is written once by whoever makes the key.
resource "aws_secretsmanager_secret" "key" {
  name        = local.key
  description = "API key of the load generator"
  kms_key_id  = var.kms_key_arn
  # Made anew in a minute.
  recovery_window_in_days = 0
}

locals {
  key = "${var.name}/load-generator-key"
}
