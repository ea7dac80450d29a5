variable "aws_region" {
  description = "Region to run in; its first two availability zones are used. Example: \"eu-central-1\"."
  type        = string
}

variable "aws_account_id" {
  description = "Account to run in; any other account is refused. Example: \"111122223333\"."
  type        = string
}

variable "certificate_arn" {
  description = "ACM certificate of the name that people call the service by."
  type        = string
}

variable "image_tag" {
  description = "Tag of the image in the repository that this example makes. Example: \"1.0.0\"."
  type        = string
}
