# The most that a role made by a deployment can ever do. Whoever controls a deployment writes these
# roles' policies; this is what keeps him from writing himself more than tasks need.
resource "aws_iam_policy" "workload_boundary" {
  name        = "${var.name}-workload-boundary"
  path        = local.path
  description = "The most that roles of ${var.name}'s tasks can do"
  policy      = data.aws_iam_policy_document.workload_boundary.minified_json
}

locals {
  workload_boundary_arn = "${local.policies}${var.name}-workload-boundary"

  in_region = "${local.aws.region}:${local.aws.account_id}"
  of        = { for service in ["acm-pca", "appmesh", "dynamodb", "ecr", "ecs", "kms", "logs", "secretsmanager", "ses", "sqs", "ssm"] : service => "arn:${local.aws.partition}:${service}:${local.in_region}" }
}

data "aws_iam_policy_document" "workload_boundary" {
  statement {
    sid = "UseOwnQueues"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]
    resources = ["${local.of["sqs"]}:${var.name}-*"]
  }

  statement {
    sid       = "KeepOwnLedger"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = ["${local.of["dynamodb"]}:table/${var.name}-*"]
  }

  statement {
    sid       = "SendMail"
    actions   = ["ses:SendEmail"]
    resources = ["${local.of["ses"]}:identity/*", "${local.of["ses"]}:configuration-set/${var.name}-*"]
  }

  statement {
    sid       = "ReadOwnSettings"
    actions   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
    resources = ["${local.of["secretsmanager"]}:secret:${var.name}-*", "${local.of["ssm"]}:parameter/${var.name}-*"]
  }

  statement {
    sid     = "WriteOwnLogs"
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    # Groups are named after a path: "/ecs/notifications-staging/email-sender".
    resources = ["${local.of["logs"]}:log-group:*${var.name}-*"]
  }

  # App Mesh's Envoy image lies in AWS's own account.
  statement {
    sid     = "PullImages"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [
      "${local.of["ecr"]}:repository/${var.name}-*",
      "arn:${local.aws.partition}:ecr:${local.aws.region}:*:repository/aws-appmesh-envoy",
    ]
  }

  # None of these has a resource to name: the registry's token, the channels of ECS Exec, what VPC flow
  # logs ask before they write, and whether SES sends.
  statement {
    sid = "UseWhatHasNoName"
    actions = [
      "ecr:GetAuthorizationToken",
      "logs:DescribeLogGroups",
      "ses:GetAccount",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "JoinMesh"
    actions   = ["appmesh:StreamAggregatedResources"]
    resources = ["${local.of["appmesh"]}:mesh/${var.name}-*/virtualNode/*"]
  }

  # Service Connect issues certificates and keeps them in secrets of its own
  # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html).
  statement {
    sid = "IssueCertificates"
    actions = [
      "acm-pca:DescribeCertificateAuthority",
      "acm-pca:GetCertificate",
      "acm-pca:GetCertificateAuthorityCertificate",
      "acm-pca:IssueCertificate",
    ]
    resources = ["${local.of["acm-pca"]}:certificate-authority/*"]
  }

  statement {
    sid = "KeepCertificates"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:RotateSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UpdateSecret",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = ["${local.of["secretsmanager"]}:secret:ecs-sc!*"]
  }

  # Not by the key's tag, which takes up to five minutes until it counts, while the first tasks start; the
  # statements above say what these services may be asked for.
  statement {
    sid       = "UseKeysThroughServices"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = ["${local.of["kms"]}:key/*"]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values = [for service in ["dynamodb", "secretsmanager", "sqs", "ssm"] :
      "${service}.${local.aws.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  statement {
    sid       = "UseOwnKey"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"]
    resources = ["${local.of["kms"]}:key/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Application"
      values   = [var.name]
    }
  }
}
