# Who may do what with the key, in full: no role needs a statement about it beside these. In a key
# policy the resource "*" is the key itself
# (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html).
data "aws_iam_policy_document" "key" {
  # The account, so that its IAM policies decide who administers the key. A policy that names people or
  # roles alone leaves the key to nobody once they are gone
  # (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
  # Nothing here encrypts or decrypts.
  statement {
    sid       = "Administer"
    resources = ["*"]

    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListKeyRotations",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:RotateKeyOnDemand",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }
  }

  source_policy_documents = [
    data.aws_iam_policy_document.services.json,
    data.aws_iam_policy_document.monitoring.json,
    data.aws_iam_policy_document.certificates.json,
    data.aws_iam_policy_document.mail.json,
  ]
}

locals {
  account = "arn:${var.aws.partition}:iam::${var.aws.account_id}:root"
}
