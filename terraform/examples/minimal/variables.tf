variable "aws_region" {
  description = "Region to run in; its first two availability zones are used. Example: \"eu-central-1\"."
  type        = string
}

variable "aws_account_id" {
  description = "Account to run in; any other account is refused. Example: \"111122223333\"."
  type        = string
}

variable "certificate_arn" {
  description = "ACM certificate of domain_name."
  type        = string
}

variable "domain_name" {
  description = "Name that people call the service by. Example: \"hello.example.com\"."
  type        = string
}

variable "allowed_cidr_blocks" {
  description = "Who may call it. Example: [\"203.0.113.0/24\"]."
  type        = set(string)
}

variable "image_tag" {
  description = "Tag of the image in the repository that this example makes. Example: \"1.0.0\"."
  type        = string
}
