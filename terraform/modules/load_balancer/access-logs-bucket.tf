# Not versioned: ELB writes each log file once, under a name of its own, and versions would keep what
# the lifecycle rule has expired.
resource "aws_s3_bucket" "access_logs" {
  bucket = "${var.name}-access-logs-${var.aws.account_id}"

  # Only what may be deleted itself takes its logs with it.
  force_destroy = !var.deletion_protection
}

# SSE-S3, not the system's key: ELB writes into no bucket that is encrypted otherwise
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.log_retention_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}
