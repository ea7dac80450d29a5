mail = {
  provider  = "smtp"
  from      = "no-reply@staging.notifications.example"
  smtp_host = "smtp.notifications.example"
  smtp_port = 465
}
