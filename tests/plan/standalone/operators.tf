module "operators" {
  source = "../terraform/modules/operators"

  aws                      = local.aws
  name                     = "standalone"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  principal_arns           = ["arn:aws:iam::123456789012:user/alice"]
  queue_arns               = ["arn:aws:sqs:eu-central-1:123456789012:mail"]
  dead_letter_queue_arn    = "arn:aws:sqs:eu-central-1:123456789012:mail-dead-letter"
  ledger_arn               = "arn:aws:dynamodb:eu-central-1:123456789012:table/deliveries"
}

output "operators" {
  value = { role_arn = module.operators.role_arn }
}
