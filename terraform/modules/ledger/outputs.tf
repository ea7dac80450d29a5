output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = "arn:${var.aws.partition}:dynamodb:${var.aws.region}:${var.aws.account_id}:table/${aws_dynamodb_table.this.name}"
}
