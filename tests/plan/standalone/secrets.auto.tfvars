smtp_credentials = { username = "user-of-the-plan", password = "password-of-the-plan" }

api_keys = {
  id_key = "1d0000000000000000000000000000000000000000000000000000000000001d"
  clients = [{
    id                  = "client-of-the-plan"
    key_hashes          = ["4a5400000000000000000000000000000000000000000000000000000000004a"]
    requests_per_second = 50
    burst               = 100
  }]
}
