variable "wrong_autoscaling" {
  default = {
    low = {
      min_tasks          = 0
      max_tasks          = 4
      cpu_target         = 9.9
      scale_out_cooldown = -1
      scale_in_cooldown  = 60
      messages_per_task  = 0.9
      schedule           = "rate(1 hour)"
      scheduled          = 2
      schedule_name      = "day"
    }
    half = {
      min_tasks          = 1.5
      max_tasks          = 4
      cpu_target         = 90.1
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "rate(1 hour)"
      scheduled          = 2
      schedule_name      = "day"
    }
    max_half = {
      min_tasks          = 1
      max_tasks          = 4.5
      cpu_target         = 70
      scale_out_cooldown = 61
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "rate(1 hour)"
      scheduled          = 2
      schedule_name      = "day"
    }
    max_low = {
      queue_names        = []
      min_tasks          = 5
      max_tasks          = 4
      cpu_target         = 70
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "rate(1 hour)"
      scheduled          = 2
      schedule_name      = "day"
    }
    schedule_low = {
      min_tasks          = 1
      max_tasks          = 4
      cpu_target         = 70
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "0 7 * * ? *"
      scheduled          = 0
      schedule_name      = "Day"
    }
    schedule_high = {
      min_tasks          = 1
      max_tasks          = 4
      cpu_target         = 70
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "every(1 hour)"
      scheduled          = 5
      schedule_name      = "a-name-that-has-thirty-three-char"
    }
    schedule_half = {
      min_tasks          = 1
      max_tasks          = 4
      cpu_target         = 70
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "cron()"
      scheduled          = 2.5
      schedule_name      = "1day"
    }
    schedule_open = {
      min_tasks          = 1
      max_tasks          = 4
      cpu_target         = 70
      scale_out_cooldown = 60
      scale_in_cooldown  = 60
      messages_per_task  = 1
      schedule           = "cron(0 7 * * ? *"
      scheduled          = 2
      schedule_name      = "day_and_night"
    }
  }
}

module "autoscaling_low" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.low.min_tasks
  max_tasks          = var.wrong_autoscaling.low.max_tasks
  cpu_target         = var.wrong_autoscaling.low.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.low.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.low.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.low.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.low.schedule_name) = { schedule = var.wrong_autoscaling.low.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.low.scheduled }
  }
}

module "autoscaling_half" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.half.min_tasks
  max_tasks          = var.wrong_autoscaling.half.max_tasks
  cpu_target         = var.wrong_autoscaling.half.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.half.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.half.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.half.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.half.schedule_name) = { schedule = var.wrong_autoscaling.half.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.half.scheduled }
  }
}

module "autoscaling_max_half" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.max_half.min_tasks
  max_tasks          = var.wrong_autoscaling.max_half.max_tasks
  cpu_target         = var.wrong_autoscaling.max_half.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.max_half.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.max_half.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.max_half.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.max_half.schedule_name) = { schedule = var.wrong_autoscaling.max_half.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.max_half.scheduled }
  }
}

module "autoscaling_max_low" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.max_low.min_tasks
  max_tasks          = var.wrong_autoscaling.max_low.max_tasks
  cpu_target         = var.wrong_autoscaling.max_low.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.max_low.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.max_low.scale_in_cooldown
  backlog            = { queue_names = var.wrong_autoscaling.max_low.queue_names, messages_per_task = var.wrong_autoscaling.max_low.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.max_low.schedule_name) = { schedule = var.wrong_autoscaling.max_low.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.max_low.scheduled }
  }
}

module "autoscaling_schedule_low" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.schedule_low.min_tasks
  max_tasks          = var.wrong_autoscaling.schedule_low.max_tasks
  cpu_target         = var.wrong_autoscaling.schedule_low.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.schedule_low.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.schedule_low.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.schedule_low.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.schedule_low.schedule_name) = { schedule = var.wrong_autoscaling.schedule_low.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.schedule_low.scheduled }
  }
}

module "autoscaling_schedule_high" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.schedule_high.min_tasks
  max_tasks          = var.wrong_autoscaling.schedule_high.max_tasks
  cpu_target         = var.wrong_autoscaling.schedule_high.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.schedule_high.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.schedule_high.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.schedule_high.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.schedule_high.schedule_name) = { schedule = var.wrong_autoscaling.schedule_high.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.schedule_high.scheduled }
  }
}

module "autoscaling_schedule_half" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.schedule_half.min_tasks
  max_tasks          = var.wrong_autoscaling.schedule_half.max_tasks
  cpu_target         = var.wrong_autoscaling.schedule_half.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.schedule_half.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.schedule_half.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.schedule_half.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.schedule_half.schedule_name) = { schedule = var.wrong_autoscaling.schedule_half.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.schedule_half.scheduled }
  }
}

module "autoscaling_schedule_open" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = var.wrong_autoscaling.schedule_open.min_tasks
  max_tasks          = var.wrong_autoscaling.schedule_open.max_tasks
  cpu_target         = var.wrong_autoscaling.schedule_open.cpu_target
  scale_out_cooldown = var.wrong_autoscaling.schedule_open.scale_out_cooldown
  scale_in_cooldown  = var.wrong_autoscaling.schedule_open.scale_in_cooldown
  backlog            = { queue_names = ["mail"], messages_per_task = var.wrong_autoscaling.schedule_open.messages_per_task }

  scheduled_minimums = {
    (var.wrong_autoscaling.schedule_open.schedule_name) = { schedule = var.wrong_autoscaling.schedule_open.schedule, time_zone = "UTC", min_tasks = var.wrong_autoscaling.schedule_open.scheduled }
  }
}
