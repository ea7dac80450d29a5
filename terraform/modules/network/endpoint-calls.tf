# What tasks ask of each service. A role that may do more than this is refused at the endpoint.
locals {
  endpoint_calls = {
    "ecr.api" = local.pull_images
    "ecr.dkr" = local.pull_images

    logs = [{
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${local.arn}:logs:${local.own}:log-group:*"]
    }]

    secretsmanager = [{
      actions   = ["secretsmanager:GetSecretValue"]
      resources = ["${local.arn}:secretsmanager:${local.own}:secret:*"]
    }]

    sqs = [{
      actions = [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
      ]
      resources = ["${local.arn}:sqs:${local.own}:*"]
    }]

    ssm = [{
      actions   = ["ssm:GetParameters"]
      resources = ["${local.arn}:ssm:${local.own}:parameter/*"]
    }]

    # ECS Exec (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html).
    ssmmessages = [{
      actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      resources = ["*"] # The actions know no resource.
    }]

    dynamodb = [{
      actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = ["${local.arn}:dynamodb:${local.own}:table/*"]
    }]
  }

  pull_images = [
    {
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"] # The action knows no resource.
    },
    {
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = concat(["${local.arn}:ecr:${local.own}:repository/*"], local.envoy_repository)
    },
  ]

  # App Mesh's proxy comes from an account of AWS's own, another one in some regions
  # (https://docs.aws.amazon.com/app-mesh/latest/userguide/envoy.html).
  envoy_repository = [
    for service in var.interface_endpoints : "${local.arn}:ecr:${var.aws.region}:*:repository/aws-appmesh-envoy"
    if service == "appmesh-envoy-management"
  ]
}
