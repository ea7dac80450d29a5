mail = {
  provider       = "smtp"
  from           = "no-reply@staging.notifications.example"
  from_name      = "Notifications, staging"
  smtp_host      = "smtp.notifications.example"
  smtp_port      = 465
  smtp_helo_name = "sender.notifications.example"
  smtputf8       = true
}
