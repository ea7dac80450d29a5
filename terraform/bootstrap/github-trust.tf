# GitHub's own certificate authority is known to AWS, so no thumbprint is pinned
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html).
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.github_host}"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  github_host         = "token.actions.githubusercontent.com"
  github_provider_arn = "${local.iam}:oidc-provider/${local.github_host}"

  # The same repository in both forms of the subject. Repositories that were made or renamed since
  # 2026-07-15 send the one with numbers, older ones the one with names alone
  # (https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/).
  repositories = [
    "repo:${var.github.owner}/${var.github.repository}",
    "repo:${var.github.owner}@${var.github.owner_id}/${var.github.repository}@${var.github.repository_id}",
  ]

  # What a workflow's job must be to take a role: whole subjects, never a pattern.
  subjects = merge(
    {
      plan = flatten([for repository in local.repositories : [
        "${repository}:pull_request",
        "${repository}:ref:refs/heads/${var.github.main_branch}",
      ]])
    },
    {
      for environment in var.environments :
      environment => [for repository in local.repositories : "${repository}:environment:${environment}"]
    },
    {
      for environment in local.loaded :
      "${environment}-load" => [for repository in local.repositories : "${repository}:environment:${environment}-load"]
    },
  )
}

data "aws_iam_policy_document" "trust" {
  # checkov:skip=CKV_AWS_358:subjects are computed, which checkov does not follow; tests hold each against its text
  for_each = local.subjects

  statement {
    sid     = "GitHubActions"
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [local.github_provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github_host}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github_host}:sub"
      values   = each.value
    }
  }
}
