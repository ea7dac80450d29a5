locals {
  state = [
    {
      sid        = "FindState"
      actions    = ["s3:ListBucket"]
      resources  = [var.state_bucket_arn]
      conditions = []
    },
    {
      sid        = "KeepState"
      actions    = ["s3:GetObject", "s3:PutObject"]
      resources  = ["${var.state_bucket_arn}/${var.state_key}"]
      conditions = []
    },
    {
      sid        = "LockState"
      actions    = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources  = ["${var.state_bucket_arn}/${var.state_key}.tflock"]
      conditions = []
    },
  ]
}
