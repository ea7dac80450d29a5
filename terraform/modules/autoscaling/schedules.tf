# What Application Auto Scaling takes as a schedule: at(...) for once, rate(...), or cron(...) with six fields, of
# which one that names days is "?"
# (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html,
# https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html).
locals {
  cron_values = {
    minute  = "0?[0-9]|[1-5][0-9]"
    hour    = "0?[0-9]|1[0-9]|2[0-3]"
    day     = "0?[1-9]|[12][0-9]|3[01]"
    month   = "0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
    weekday = "[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT"
    year    = "19[7-9][0-9]|2[01][0-9][0-9]"
  }

  # How far an increment may go; days of the week know none.
  cron_steps = {
    minute  = "(?:/(?:[1-9]|[1-5][0-9]))?"
    hour    = "(?:/(?:[1-9]|1[0-9]|2[0-3]))?"
    day     = "(?:/(?:[1-9]|[12][0-9]|3[01]))?"
    month   = "(?:/(?:[1-9]|1[0-2]))?"
    weekday = ""
    year    = "(?:/[1-9][0-9]{0,2})?"
  }

  # All of them, a value or a range, each with an increment; several with commas between.
  cron_items = { for field, value in local.cron_values : field => "(?:[*]|(?:${value})(?:-(?:${value}))?)${local.cron_steps[field]}" }
  cron_lists = { for field, item in local.cron_items : field => "${item}(?:,${item})*" }

  # L is the last day, W the working day nearest to one, 6#3 the third Friday.
  cron_day     = "(?:${local.cron_lists.day}|L|LW|(?:${local.cron_values.day})W)"
  cron_weekday = "(?:${local.cron_lists.weekday}|(?:${local.cron_values.weekday})?L|(?:${local.cron_values.weekday})#[1-5])"
  cron_days    = "(?:[?] +${local.cron_lists.month} +${local.cron_weekday}|${local.cron_day} +${local.cron_lists.month} +[?])"
  cron         = "^cron\\(${local.cron_lists.minute} +${local.cron_lists.hour} +${local.cron_days} +${local.cron_lists.year}\\)$"

  rate = "^rate\\((?:1 +(?:minute|hour|day)|(?:[2-9]|[1-9][0-9]+) +(?:minutes|hours|days))\\)$"
  at   = "^at\\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\)$"

  schedule = "${local.cron}|${local.rate}|${local.at}"

  # IANA's names, of continents and oceans: https://www.joda.org/joda-time/timezones.html
  time_zones = split("\n", trimspace(file("${path.module}/time-zones.txt")))
}
