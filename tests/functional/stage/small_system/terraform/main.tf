# The least that a stage can run: a service without load balancer, in the default VPC's subnets.
# The cluster alone takes the provider ten seconds.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "image" {
  type    = string
  default = "example/small-service:1"
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

resource "aws_ecs_task_definition" "this" {
  family                   = "small"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([{
    name         = "app"
    image        = var.image
    essential    = true
    portMappings = [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    environment  = [{ name = "GREETING", value = "hello" }]
    stopTimeout  = 2
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
