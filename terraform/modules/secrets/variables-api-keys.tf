variable "api_keys" {
  description = <<-EOT
    Who may call the Notification API; kept neither in a plan nor in the state. id_key makes notification ids
    and never changes: another one gives repeats of a request another id, and so a second mail. key_hashes are
    SHA-256 digests, several while a client changes its key.
    Example: { id_key = "<32 hex digits>", clients = [{ id = "team-a", key_hashes = ["<64 hex digits>"], requests_per_second = 50, burst = 100 }] }
  EOT
  type = object({
    id_key = string
    clients = list(object({
      id                  = string
      key_hashes          = list(string)
      requests_per_second = number
      burst               = number
    }))
  })
  sensitive = true
  ephemeral = true

  validation {
    # Wanted by every plan, as smtp_credentials are.
    condition     = var.api_keys_version == 0 || var.api_keys != null
    error_message = "api_keys must be given while api_keys_version is above 0."
  }

  validation {
    condition     = can(regex("^([0-9a-f]{2}){16,}$", var.api_keys.id_key)) || var.api_keys == null
    error_message = "api_keys.id_key must be at least 32 hexadecimal digits, such as openssl rand -hex 32 prints."
  }

  validation {
    condition = var.api_keys == null || try(
      length(var.api_keys.clients) >= 1
      && length(distinct(var.api_keys.clients[*].id)) == length(var.api_keys.clients)
      && alltrue([for client in var.api_keys.clients : can(regex("^[a-z0-9][a-z0-9-]{0,62}$", client.id))]),
      false
    )
    error_message = "api_keys.clients must have at least one client, each with an id of its own: 1 to 63 lower-case letters, digits and dashes."
  }

  validation {
    condition = var.api_keys == null || try(alltrue([
      for client in var.api_keys.clients :
      length(client.key_hashes) >= 1 && alltrue([for digest in client.key_hashes : can(regex("^[0-9a-f]{64}$", digest))])
    ]), false)
    error_message = "api_keys.clients[*].key_hashes must be SHA-256 digests of 64 hexadecimal digits, at least one a client: never a key itself."
  }

  validation {
    condition = var.api_keys == null || try(alltrue([
      for client in var.api_keys.clients : client.requests_per_second > 0 && client.burst >= 1 && floor(client.burst) == client.burst
    ]), false)
    error_message = "api_keys.clients[*].requests_per_second must be above 0, and burst a whole number of at least 1."
  }
}

variable "api_keys_version" {
  description = "Raise it to write api_keys anew; 0 leaves the secret's value to somebody else. Example: 1."
  type        = number
}
