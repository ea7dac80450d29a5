variable "namespace" {
  description = "Private DNS name that the services are found under. Example: \"notifications-staging.internal\"."
  type        = string
}

variable "vpc_id" {
  description = "VPC in which the names resolve."
  type        = string
}

variable "services" {
  description = "Names to register. Example: [\"notification-api\"]."
  type        = set(string)
}
