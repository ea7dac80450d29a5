variable "name" {
  description = "Name of the ECS cluster. Example: \"notifications-staging\"."
  type        = string
}
