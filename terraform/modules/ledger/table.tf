# What became of each notification: claimed, sent or failed.
resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "notification_id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "notification_id"
    type = "S"
  }

  # Seconds since the Unix epoch, written with each item
  # (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  # A table that comes back empty would have every message that is still on the queue sent again.
  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
