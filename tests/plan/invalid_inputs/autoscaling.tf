variable "wrong_autoscaling" {
  default = {
    low  = { min_tasks = 0, cpu_target = 9.9, scale_out_cooldown = -1, backlog = { queue_names = ["mail"], messages_per_task = 0.9 } }
    half = { min_tasks = 1.5, cpu_target = 90.1, scale_out_cooldown = 0.5 }
    none = { backlog = { queue_names = [], messages_per_task = 1 } }
  }
}

module "autoscaling" {
  source   = "../terraform/modules/autoscaling"
  for_each = var.wrong_autoscaling

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = try(each.value.min_tasks, 1)
  max_tasks          = 4
  cpu_target         = try(each.value.cpu_target, 70)
  scale_out_cooldown = try(each.value.scale_out_cooldown, 60)
  scale_in_cooldown  = 60
  backlog            = try(each.value.backlog, null)
}

variable "wrong_autoscaling_beside" {
  default = {
    low  = { min_tasks = 5, max_tasks = 4, scale_out_cooldown = 61, scale_in_cooldown = 60 }
    half = { min_tasks = 1, max_tasks = 4.5, scale_out_cooldown = 60, scale_in_cooldown = 60.5 }
  }
}

module "autoscaling_beside" {
  source   = "../terraform/modules/autoscaling"
  for_each = var.wrong_autoscaling_beside

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = each.value.min_tasks
  max_tasks          = each.value.max_tasks
  cpu_target         = 70
  scale_out_cooldown = each.value.scale_out_cooldown
  scale_in_cooldown  = each.value.scale_in_cooldown
}
