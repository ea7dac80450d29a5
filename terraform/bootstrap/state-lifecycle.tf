resource "aws_s3_bucket_lifecycle_configuration" "state" {
  # Versions must exist before they can expire.
  depends_on = [aws_s3_bucket_versioning.state]

  bucket = aws_s3_bucket.state.bucket

  rule {
    id     = "history"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.state_history_days

      # However old, the last ten stay: a system that nobody changed for a year can still go back.
      newer_noncurrent_versions = 10
    }

    # Every lock that was given back leaves a marker.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
