output "role_arn" {
  description = "Role to take."
  value       = "arn:${var.aws.partition}:iam::${var.aws.account_id}:role/${aws_iam_role.this.name}"
}
