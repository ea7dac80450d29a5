smtp_credentials = { username = "user-of-the-plan", password = "password-of-the-plan" }
