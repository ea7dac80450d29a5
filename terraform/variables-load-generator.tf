variable "load_generator" {
  description = <<-EOT
    Locust workers that make load from within the account, as tasks that a test starts and stops; null for none.
    image_tag is image_tag where it is left out. Never in production.
    Example: { workers = 4 }
  EOT
  type = object({
    workers   = optional(number, 4)
    image_tag = optional(string)
  })
  default = null

  validation {
    condition     = var.load_generator == null || var.environment != "production"
    error_message = "load_generator must be null in production: nobody tries there how much load is too much."
  }
}
