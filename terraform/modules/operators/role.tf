# A person's role, taken for as long as there is something to put right. It is named in full who may take
# it: by a condition and not as the principal, because IAM Identity Center makes its roles anew, and a
# principal stays bound to the role that was there
# (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
resource "aws_iam_role" "this" {
  name                 = "${var.name}-operators"
  description          = "Operators bring dead letters back, suppress addresses and read the ledger with it"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn

  # Seconds; the shortest that IAM takes.
  max_session_duration = 3600
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Operators"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.aws.partition}:iam::${var.aws.account_id}:root"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = var.principal_arns
    }
  }
}
