output "repository_urls" {
  description = "Where to push and pull each image, by repository."
  value = {
    for key, repository in aws_ecr_repository.this :
    key => "${var.aws.account_id}.dkr.ecr.${var.aws.region}.${var.aws.dns_suffix}/${repository.name}"
  }
}

output "repository_arns" {
  description = "ARN of each repository."
  value = {
    for key, repository in aws_ecr_repository.this :
    key => "arn:${var.aws.partition}:ecr:${var.aws.region}:${var.aws.account_id}:repository/${repository.name}"
  }
}
