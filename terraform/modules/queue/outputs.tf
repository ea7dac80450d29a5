locals {
  dead_letter_name = "${var.name}-dead-letter"
  seconds_a_day    = 24 * 60 * 60
  arn_prefix       = "arn:${var.aws.partition}:sqs:${var.aws.region}:${var.aws.account_id}"
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "arn" {
  description = "ARN of the queue."
  value       = "${local.arn_prefix}:${aws_sqs_queue.this.name}"
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue."
  value       = aws_sqs_queue.dead_letter.name
}
