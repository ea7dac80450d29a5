locals {
  roles = [{
    sid = "ReadRoles"
    actions = [
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
    ]
    resources  = ["arn:${var.aws.partition}:iam::${var.aws.account_id}:role/${local.prefix}"]
    conditions = []
  }]
}
