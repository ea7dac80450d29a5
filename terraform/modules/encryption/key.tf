# One key for everything that the system keeps: whoever disables it puts all of it out of reach.
resource "aws_kms_key" "this" {
  description             = "Encrypts what ${var.name} keeps"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = 30 # The longest that KMS waits: without the key everything is lost.
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
