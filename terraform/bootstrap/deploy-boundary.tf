# The ceiling of the deploy roles. A boundary grants nothing: it names the services that a deployment
# may ever touch, while the role's own policies name the actions.
resource "aws_iam_policy" "deploy_boundary" {
  name        = "${var.name}-deploy-boundary"
  path        = local.path
  description = "The most that deployments of ${var.name} can do"
  policy      = data.aws_iam_policy_document.deploy_boundary.minified_json
}

data "aws_iam_policy_document" "deploy_boundary" {
  # checkov:skip=CKV_AWS_107:a boundary grants nothing
  # checkov:skip=CKV_AWS_108:a boundary grants nothing
  statement {
    sid = "StayWithinServices"
    actions = [
      "application-autoscaling:*",
      "appmesh:*",
      "cloudwatch:*",
      "dynamodb:*",
      "ec2:*",
      "ecr:*",
      "ecs:*",
      "elasticloadbalancing:*",
      "kms:*",
      "logs:*",
      "route53:*",
      "s3:*",
      "secretsmanager:*",
      "servicediscovery:*",
      "ses:*",
      "sns:*",
      "sqs:*",
      "ssm:*",
    ]
    resources = ["*"]
  }

  # Identities are made by people. Deployments make roles, and those only below a boundary of their own.
  statement {
    sid = "ManageRoles"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:CreateServiceLinkedRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["${local.iam}:role/*"]
  }

  statement {
    sid       = "TakeLoadRoles"
    actions   = ["sts:AssumeRole"]
    resources = ["${local.roles}${var.name}-*-load"]
  }

  # Deny wins over whatever the role's policies come to say.
  statement {
    sid    = "DenyRolesWithoutBoundary"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.workload_boundary_arn]
    }
  }

  statement {
    sid    = "DenyOwnRolesAndPolicies"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreatePolicyVersion",
      "iam:CreateRole",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:SetDefaultPolicyVersion",
      "iam:TagPolicy",
      "iam:TagRole",
      "iam:UntagPolicy",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["${local.roles}*", "${local.policies}*"]
  }

  statement {
    sid    = "DenyTrustInGitHub"
    effect = "Deny"
    actions = [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:DeleteOpenIDConnectProvider",
      "iam:RemoveClientIDFromOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "DenyStateBucket"
    effect = "Deny"
    actions = [
      "s3:BypassGovernanceRetention",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:DeleteObjectVersion",
      "s3:PutBucketAcl",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:PutReplicationConfiguration",
    ]
    resources = [local.state_bucket_arn, "${local.state_bucket_arn}/*"]
  }

  # By its alias, because a plan does not know a key's number before there is a key.
  statement {
    sid    = "DenyStateKey"
    effect = "Deny"
    actions = [
      "kms:CreateGrant",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
    ]
    resources = ["*"]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = ["alias/${var.name}-state"]
    }
  }

  statement {
    sid       = "DenyStateKeysAlias"
    effect    = "Deny"
    actions   = ["kms:DeleteAlias", "kms:UpdateAlias"]
    resources = ["arn:${local.aws.partition}:kms:${local.in_region}:alias/${var.name}-state"]
  }
}
