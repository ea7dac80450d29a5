# The least that a stage can run: a service without load balancer, in the default VPC's subnets.
# The cluster alone takes the provider ten seconds.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

# An image of another registry than the system's own.
variable "image" {
  type    = string
  default = null
}

variable "image_tag" {
  type    = string
  default = "1.0.0"
}

variable "circuit_breaker" {
  type    = bool
  default = true
}

provider "aws" {
  region = "eu-central-1"
}

data "aws_subnets" "default" {}

resource "aws_ecs_cluster" "this" {
  name = "small"
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/small"
}

resource "aws_ecr_repository" "this" {
  name                 = "small/small-service"
  image_tag_mutability = "IMMUTABLE"
}

# Without it, no task on Fargate pulls from ECR or has a log.
resource "aws_iam_role" "execution" {
  name = "small-execution"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "start-task"
  role = aws_iam_role.execution.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = aws_ecr_repository.this.arn
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
    ]
  })
}

resource "aws_ecs_task_definition" "this" {
  family                   = "small"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn

  # A task may start as soon as there is a service.
  depends_on = [aws_iam_role_policy.execution]

  container_definitions = jsonencode([{
    name         = "app"
    image        = coalesce(var.image, "${aws_ecr_repository.this.repository_url}:${var.image_tag}")
    essential    = true
    portMappings = [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    environment  = [{ name = "GREETING", value = "hello" }]
    stopTimeout  = 2
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = "eu-central-1"
        awslogs-stream-prefix = "task"
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name            = "small"
  cluster         = aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = 2

  # As the system's own services do.
  wait_for_steady_state = true

  deployment_circuit_breaker {
    enable   = var.circuit_breaker
    rollback = var.circuit_breaker
  }

  network_configuration {
    subnets = data.aws_subnets.default.ids
  }
}

output "aws_region" {
  value = "eu-central-1"
}

output "cluster_name" {
  value = aws_ecs_cluster.this.name
}
