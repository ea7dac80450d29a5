variable "cluster_name" {
  description = "Cluster that the service runs in. Example: \"notifications-staging\"."
  type        = string
}

variable "service_name" {
  description = "ECS service to scale. Example: \"email-sender\"."
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

  validation {
    condition     = floor(var.max_tasks) == var.max_tasks
    error_message = "max_tasks must be a whole number."
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
    condition     = var.scale_out_cooldown >= 0 && floor(var.scale_out_cooldown) == var.scale_out_cooldown
    error_message = "scale_out_cooldown must be whole seconds, at least 0."
  }
}

variable "scale_in_cooldown" {
  description = "Seconds to wait after scaling in before doing so again. Example: 300."
  type        = number

  validation {
    condition     = var.scale_in_cooldown >= var.scale_out_cooldown
    error_message = "scale_in_cooldown must be at least scale_out_cooldown: add tasks fast, remove them slowly."
  }

  validation {
    condition     = floor(var.scale_in_cooldown) == var.scale_in_cooldown
    error_message = "scale_in_cooldown must be whole seconds."
  }
}

variable "backlog" {
  description = <<-EOT
    Queues that the service works off, and the waiting messages that one task is scaled to; null scales by CPU alone.
    Example: { queue_names = ["notifications-staging-mail"], messages_per_task = 500 }
  EOT
  type = object({
    queue_names       = list(string)
    messages_per_task = number
  })
  default = null

  validation {
    condition     = try(var.backlog.messages_per_task >= 1, var.backlog == null)
    error_message = "backlog.messages_per_task must be at least 1."
  }

  validation {
    condition     = try(length(var.backlog.queue_names) >= 1, var.backlog == null)
    error_message = "backlog.queue_names must name at least one queue: leave backlog out to scale by CPU alone."
  }
}

variable "scheduled_minimums" {
  description = <<-EOT
    Other values of min_tasks from set times on, by name. A time that raises it wants another that lowers it again.
    Example: { day = { schedule = "cron(0 7 * * ? *)", time_zone = "Europe/Berlin", min_tasks = 4 } }
  EOT
  type = map(object({
    schedule  = string
    time_zone = string
    min_tasks = number
  }))
  default = {}

  validation {
    # Patterns are in schedules.tf; timeadd knows how many days a month has.
    condition = alltrue([
      for one in var.scheduled_minimums : can(regex(local.schedule, one.schedule))
      && (!startswith(one.schedule, "at(") || can(timeadd("${substr(one.schedule, 3, 19)}Z", "0s")))
    ])
    error_message = "scheduled_minimums: schedule must be at(yyyy-mm-ddThh:mm:ss), rate(2 hours) or cron(...) of six fields with ? for the day of the month or of the week, such as cron(0 7 ? * MON-FRI *). Not so: ${join(", ", [
      for one in var.scheduled_minimums : one.schedule if !can(regex(local.schedule, one.schedule))
      || (startswith(one.schedule, "at(") && !can(timeadd("${substr(one.schedule, 3, 19)}Z", "0s")))
    ])}."
  }

  validation {
    condition     = alltrue([for one in var.scheduled_minimums : contains(local.time_zones, one.time_zone)])
    error_message = "scheduled_minimums: time_zone must be the name of one of IANA's time zones, such as Europe/Berlin or UTC. Not so: ${join(", ", [for one in var.scheduled_minimums : one.time_zone if !contains(local.time_zones, one.time_zone)])}."
  }

  validation {
    condition     = alltrue([for one in var.scheduled_minimums : one.min_tasks >= 1 && one.min_tasks <= var.max_tasks && floor(one.min_tasks) == one.min_tasks])
    error_message = "scheduled_minimums: min_tasks must be a whole number from 1 to max_tasks."
  }

  validation {
    condition     = alltrue([for name in keys(var.scheduled_minimums) : can(regex("^[a-z][a-z0-9-]{0,31}$", name))])
    error_message = "scheduled_minimums: a name must be 1 to 32 lower-case letters, digits and dashes, beginning with a letter."
  }
}
