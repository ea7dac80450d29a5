variable "aws" {
  description = "Where ARNs and host names point: partition, dns_suffix, region, account_id. Example: { partition = \"aws\", dns_suffix = \"amazonaws.com\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "First part of every repository's name. Example: \"notifications-staging\"."
  type        = string
}

variable "repositories" {
  description = "One repository for each of these. Example: [\"notification-api\"]."
  type        = set(string)
}

variable "force_delete" {
  description = "Whether destroying a repository also deletes its images."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key that images are encrypted with. Example: \"arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d\"."
  type        = string
}

variable "images_kept" {
  description = "Images that a repository keeps; older ones expire. Example: 50."
  type        = number
  default     = 50

  validation {
    condition     = var.images_kept >= 10 && floor(var.images_kept) == var.images_kept
    error_message = "Keep a whole number of images, at least 10, so that a release can be rolled back."
  }
}
