# ELB writes the logs of this load balancer, and nobody speaks to the bucket without TLS
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
resource "aws_s3_bucket_policy" "access_logs" {
  bucket = aws_s3_bucket.access_logs.bucket
  policy = data.aws_iam_policy_document.access_logs.json

  # S3 refuses two changes of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.access_logs]
}

data "aws_iam_policy_document" "access_logs" {
  statement {
    sid       = "AllowLogDelivery"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/AWSLogs/${var.aws.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    # The load balancer's id is not known before it exists; its name is.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values = [
        "arn:${var.aws.partition}:elasticloadbalancing:${var.aws.region}:${var.aws.account_id}:loadbalancer/app/${var.name}/*",
      ]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

locals {
  # From the name, so that a plan knows it; the reference keeps the order of creation.
  bucket_arn = "arn:${var.aws.partition}:s3:::${aws_s3_bucket.access_logs.bucket}"
}
