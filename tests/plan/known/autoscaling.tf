module "autoscaling" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "worker"
  min_tasks          = 2
  max_tasks          = 8
  cpu_target         = 70
  scale_out_cooldown = 60
  scale_in_cooldown  = 300
  backlog            = { queue_names = ["mail", "mail-priority"], messages_per_task = 500 }

  scheduled_minimums = {
    day   = { schedule = "cron(0 7 * * ? *)", time_zone = "Europe/Berlin", min_tasks = 4 }
    night = { schedule = "cron(0 20 * * ? *)", time_zone = "UTC", min_tasks = 1 }
    sale  = { schedule = "at(2030-11-29T00:00:00)", time_zone = "Europe/Berlin", min_tasks = 8 }
    pulse = { schedule = "rate(1 hour)", time_zone = "Europe/Berlin", min_tasks = 2 }
  }
}

# The lowest and the highest that is accepted.
module "autoscaling_low" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "low"
  min_tasks          = 1
  max_tasks          = 1
  cpu_target         = 10
  scale_out_cooldown = 0
  scale_in_cooldown  = 0
  backlog            = { queue_names = ["mail"], messages_per_task = 1 }
}

module "autoscaling_high" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "high"
  min_tasks          = 3
  max_tasks          = 3
  cpu_target         = 90
  scale_out_cooldown = 300
  scale_in_cooldown  = 300

  scheduled_minimums = {
    d                                = { schedule = "rate(1 day)", time_zone = "UTC", min_tasks = 1 }
    a-name-that-has-thirty-two-chars = { schedule = "rate(1 day)", time_zone = "UTC", min_tasks = 3 }
  }
}
