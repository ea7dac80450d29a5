# For a person who reads from top to bottom: are users affected, what comes in, what fails, what is
# slow, what waits, and only then what it runs on. Each dashboard-*.tf gives a row or two.
locals {
  dashboard_rows = concat([
    local.row_headline,
    local.row_traffic,
    local.row_errors,
    local.row_latency,
    local.row_queue,
    local.row_processing,
    local.row_tasks,
    local.row_cpu,
    local.row_dead_letters,
  ], local.rows_mail, [local.row_canary, local.row_canary_mails])

  # CloudWatch's grid is 24 wide. A row's widgets share its width.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  grid_width = 24
  row_height = 6

  dashboard_widgets = flatten([
    for row, widgets in local.dashboard_rows : [
      for column, widget in widgets : {
        type       = widget.type
        x          = column * local.grid_width / length(widgets)
        y          = row * local.row_height
        width      = local.grid_width / length(widgets)
        height     = local.row_height
        properties = widget.properties
      }
    ]
  ])

  # What every graph has in common: values of a minute, as lines, from zero.
  graph = {
    view    = "timeSeries"
    stacked = false
    region  = var.aws.region
    period  = 60
    yAxis   = { left = { min = 0 } }
  }

  # Where metrics come from, as a graph names it: namespace and dimensions around a metric's name.
  from = {
    load_balancer  = ["LoadBalancer", var.load_balancer.load_balancer]
    stable         = ["TargetGroup", var.load_balancer.stable, "LoadBalancer", var.load_balancer.load_balancer]
    canary         = ["TargetGroup", var.load_balancer.canary, "LoadBalancer", var.load_balancer.load_balancer]
    queue          = ["QueueName", var.queue_name]
    priority_queue = ["QueueName", var.priority_queue_name]
    dead_letters   = ["QueueName", var.dead_letter_queue_name]
    api            = ["Service", "notification-api", "Environment", var.environment]
    sender         = ["Service", "email-sender", "Environment", var.environment]
    sender_stable  = ["Service", "email-sender", "Environment", var.environment, "Release", "stable"]
    sender_canary  = ["Service", "email-sender", "Environment", var.environment, "Release", "canary"]
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    start          = "-PT3H"
    periodOverride = "inherit"
    widgets        = local.dashboard_widgets
  })
}
