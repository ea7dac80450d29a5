output "key_arn" {
  description = "ARN of the key, once its policy lets services use it."
  value       = aws_kms_key.this.arn
}
