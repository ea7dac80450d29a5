mail = {
  provider = "ses"
  from     = "No-Reply@Notifications.EXAMPLE"
}
