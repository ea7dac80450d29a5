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

# Every form that a schedule may have.
module "autoscaling_schedules_edge" {
  source = "../terraform/modules/autoscaling"

  cluster_name       = "cluster"
  service_name       = "schedules"
  min_tasks          = 1
  max_tasks          = 4
  cpu_target         = 70
  scale_out_cooldown = 60
  scale_in_cooldown  = 300

  scheduled_minimums = {
    for number, schedule in [
      "cron(0 16 ? * MON-FRI *)",
      "cron(0 7 * * ? *)",
      "cron(59 23 31 DEC ? 2199)",
      "cron(0,30 0-6,22-23 1 JAN,JUL ? 2026-2030)",
      "cron(*/5 8-18/2 ? 1-6 2,4,6 *)",
      "cron(00 07 1/7 */3 ? 2026/2)",
      "cron(0 0 L * ? *)",
      "cron(0 0 LW * ? *)",
      "cron(0 0 15W * ? *)",
      "cron(0 0 ? * L *)",
      "cron(0 0 ? * 6L *)",
      "cron(0 0 ? * FRIL *)",
      "cron(0 0 ? * 6#3 *)",
      "cron(0 0 ? * TUE#5 *)",
      "cron(0  7  ?  *  SUN,SAT  1970)",
      "rate(1 minute)",
      "rate(1 hour)",
      "rate(1 day)",
      "rate(5 minutes)",
      "rate(12 hours)",
      "rate(10 days)",
      "at(2028-02-29T23:59:59)",
    ] : "s${number}" => { schedule = schedule, time_zone = element(["Europe/Kyiv", "Asia/Calcutta", "Etc/GMT+9", "America/Argentina/Buenos_Aires", "GMT"], number), min_tasks = 1 }
  }
}
