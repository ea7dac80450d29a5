# Tells what an apply would do: taken by pull requests, so it reads settings and never content.
resource "aws_iam_role" "plan" {
  # The trust names the provider by its ARN; AWS checks that it exists.
  depends_on = [aws_iam_openid_connect_provider.github]

  name               = "${var.name}-plan"
  path               = local.path
  description        = "terraform plan for pull requests and the main branch"
  assume_role_policy = data.aws_iam_policy_document.trust["plan"].minified_json

  # Seconds; a plan takes minutes.
  max_session_duration = 3600
}

module "read_access" {
  source = "./modules/read_access"

  aws  = local.aws
  name = var.name
}

resource "aws_iam_policy" "read" {
  for_each = module.read_access.policies

  name        = "${var.name}-read-${each.key}"
  path        = local.path
  description = "What Terraform reads to refresh: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "plan_read" {
  for_each = aws_iam_policy.read

  role       = aws_iam_role.plan.name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy" "plan_state" {
  name   = "state"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.plan_state.minified_json
}

data "aws_iam_policy_document" "plan_state" {
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket_arn]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = [for key in values(local.state_keys) : "${local.state_bucket_arn}/${key}"]
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = [for key in values(local.state_keys) : "${local.state_bucket_arn}/${key}.tflock"]
  }
}
