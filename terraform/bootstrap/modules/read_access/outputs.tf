output "policies" {
  description = "Policy documents by what they are about."
  value       = { for part, document in data.aws_iam_policy_document.this : part => document.minified_json }
}
