module "operators" {
  source = "./modules/operators"
  count  = length(var.operators) > 0 ? 1 : 0

  aws                      = local.aws
  name                     = local.name
  permissions_boundary_arn = local.permissions_boundary_arn
  principal_arns           = var.operators
  queue_arns               = [module.queue.arn, module.queue.priority_arn]
  dead_letter_queue_arn    = module.queue.dead_letter_queue_arn
  ledger_arn               = module.ledger.arn
}

output "operators_role_arn" {
  description = "Role that operators take to bring dead letters back, to suppress addresses and to read the ledger; null while nobody may."
  value       = one(module.operators[*].role_arn)
}
