variable "cluster_name" {
  description = "Cluster that the service runs in."
  type        = string
}

variable "service_name" {
  description = "ECS service to scale."
  type        = string
}

variable "min_tasks" {
  description = "Tasks that always run. Example: 2."
  type        = number

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks must be a whole number, at least 1: CPU scaling cannot start from zero tasks."
  }
}

variable "max_tasks" {
  description = "Tasks that may run at most. Example: 6."
  type        = number

  validation {
    condition     = var.max_tasks >= var.min_tasks
    error_message = "max_tasks must be at least min_tasks."
  }
}

variable "cpu_target" {
  description = "Average CPU utilisation, in percent of the reservation, that scaling holds. Example: 70."
  type        = number

  validation {
    condition     = var.cpu_target >= 10 && var.cpu_target <= 90
    error_message = "cpu_target must lie between 10 and 90 percent: below it scaling never rests, above it no room is left while tasks start."
  }
}

variable "scale_out_cooldown" {
  description = "Seconds to wait after scaling out before doing so again. Example: 60."
  type        = number

  validation {
    condition     = var.scale_out_cooldown >= 0
    error_message = "scale_out_cooldown must not be negative."
  }
}

variable "scale_in_cooldown" {
  description = "Seconds to wait after scaling in before doing so again. Example: 300."
  type        = number

  validation {
    condition     = var.scale_in_cooldown >= var.scale_out_cooldown
    error_message = "scale_in_cooldown must be at least scale_out_cooldown: add tasks fast, remove them slowly."
  }
}
