# Schedules and time zones that Application Auto Scaling refuses: what it says names each.
variable "wrong_schedules" {
  default = [
    "cron(0 16 * * MON-FRI *)",
    "cron(0 16 * * * *)",
    "cron(0 16 1 * MON *)",
    "cron(0 16 ? * ? *)",
    "cron(0 16 ? * MON-FRI)",
    "cron(0 16 ? * MON-FRI * *)",
    "cron(60 16 ? * MON *)",
    "cron(0 24 ? * MON *)",
    "cron(0 -1 ? * MON *)",
    "cron(0 16 0 * ? *)",
    "cron(0 16 32 * ? *)",
    "cron(0 16 1 0 ? *)",
    "cron(0 16 1 13 ? *)",
    "cron(0 16 1 JANUARY ? *)",
    "cron(0 16 ? * 0 *)",
    "cron(0 16 ? * 8 *)",
    "cron(0 16 ? * MONDAY *)",
    "cron(0 16 ? * mon *)",
    "cron(0 16 ? * MON/2 *)",
    "cron(0 16 ? * 6#0 *)",
    "cron(0 16 ? * 6#6 *)",
    "cron(0 16 ? * 6#1,6#3 *)",
    "cron(0 16 ? * W *)",
    "cron(0 16 W * ? *)",
    "cron(0 16 32W * ? *)",
    "cron(0 16 1#2 * ? *)",
    "cron(0 L 1 * ? *)",
    "cron(? 16 1 * ? *)",
    "cron(0 16 1 ? ? *)",
    "cron(0 16 1 * ? ?)",
    "cron(0 16 1 * ? 1969)",
    "cron(0 16 1 * ? 2200)",
    "cron(*/0 16 1 * ? *)",
    "cron(*/60 16 1 * ? *)",
    "cron(0, 16 1 * ? *)",
    "cron(0 16- 1 * ? *)",
    "cron()",
    "cron(0 16 1 * ? *",
    "CRON(0 16 1 * ? *)",
    "0 7 ? * MON *",
    "every(1 hour)",
    "rate(0 hours)",
    "rate(1 hours)",
    "rate(2 hour)",
    "rate(1.5 hours)",
    "rate(-1 hours)",
    "rate(1 week)",
    "rate(hour)",
    "rate(05 minutes)",
    "at(2026-02-29T00:00:00)",
    "at(2026-13-01T00:00:00)",
    "at(2026-01-01T24:00:00)",
    "at(2026-01-01T00:00)",
    "at(2026-01-01)",
    "at(2026-01-01T00:00:00Z)",
    "at(2026-01-01 00:00:00)",
  ]
}

variable "wrong_time_zones" {
  default = ["Europe/Berln", "europe/berlin", "CET", "MEZ", "GMT+1", "+01:00", "Etc/GMT+15", ""]
}

variable "wrong_scheduled_minimums" {
  default = {
    low  = { Day = { schedule = "0 7 * * ? *", time_zone = "UTC", min_tasks = 0 } }
    high = { a-name-that-has-thirty-three-char = { schedule = "every(1 hour)", time_zone = "UTC", min_tasks = 5 } }
    half = { "1day" = { schedule = "cron()", time_zone = "UTC", min_tasks = 2.5 } }
    open = { day_and_night = { schedule = "cron(0 7 * * ? *", time_zone = "UTC", min_tasks = 2 } }
  }
}

module "autoscaling_schedules" {
  source = "../terraform/modules/autoscaling"
  for_each = merge(var.wrong_scheduled_minimums, {
    schedules  = { for number, schedule in var.wrong_schedules : "s${number}" => { schedule = schedule, time_zone = "UTC", min_tasks = 1 } }
    time_zones = { for number, zone in var.wrong_time_zones : "z${number}" => { schedule = "rate(1 hour)", time_zone = zone, min_tasks = 1 } }
  })

  cluster_name       = "cluster"
  service_name       = "refused"
  min_tasks          = 1
  max_tasks          = 4
  cpu_target         = 70
  scale_out_cooldown = 60
  scale_in_cooldown  = 60
  scheduled_minimums = each.value
}
