mail = {
  provider      = "smtp"
  from          = "no-reply@staging.notifications.example"
  smtp_host     = "relay.notifications.example"
  smtp_starttls = false
  smtp_login    = false
}
