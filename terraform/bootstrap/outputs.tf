output "backend" {
  description = "Backend block for this root's own state: `terraform output -raw backend > backend.tf`, then `terraform init -migrate-state`."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${aws_s3_bucket.state.bucket}"
        key          = "bootstrap/terraform.tfstate"
        region       = "${var.aws_region}"
        kms_key_id   = "${aws_kms_alias.state.name}"
        encrypt      = true
        use_lockfile = true
      }
    }
  EOT
}

output "aws_region" {
  description = "Region that pipelines work in."
  value       = var.aws_region
}

output "aws_account_id" {
  description = "Account that pipelines work in."
  value       = var.aws_account_id
}

output "state_bucket" {
  description = "Bucket of the system's state: `terraform init -backend-config=bucket=...`."
  value       = aws_s3_bucket.state.bucket
}

output "plan_role_arn" {
  description = "Role that pull requests and the main branch plan with, and look for drift."
  value       = "${local.roles}${aws_iam_role.plan.name}"
}

output "deploy_role_arns" {
  description = "Role that applies and releases, by environment."
  value       = { for environment, role in aws_iam_role.deploy : environment => "${local.roles}${role.name}" }
}

output "load_role_arns" {
  description = "Role that loads, by environment: those that may be loaded."
  value       = local.load_role_arns
}

output "permissions_boundary_arn" {
  description = "Boundary without which a deployment makes no role. The system finds it by its name."
  value       = "${local.policies}${aws_iam_policy.workload_boundary.name}"
}
