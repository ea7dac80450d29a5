output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this["normal"].name
}

output "arn" {
  description = "ARN of the queue."
  value       = "${local.arn_prefix}:${aws_sqs_queue.this["normal"].name}"
}

output "priority_name" {
  description = "Name of the queue of high priority."
  value       = aws_sqs_queue.this["priority"].name
}

output "priority_arn" {
  description = "ARN of the queue of high priority."
  value       = "${local.arn_prefix}:${aws_sqs_queue.this["priority"].name}"
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue of both."
  value       = aws_sqs_queue.dead_letter.name
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue of both."
  value       = "${local.arn_prefix}:${aws_sqs_queue.dead_letter.name}"
}
