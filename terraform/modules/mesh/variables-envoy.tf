variable "envoy_version" {
  description = "Tag of App Mesh's Envoy image. Example: \"v1.34.13.0-prod\"."
  type        = string
  default     = "v1.34.13.0-prod"

  validation {
    # https://docs.aws.amazon.com/app-mesh/latest/userguide/envoy.html
    condition     = can(regex("^v1[.](17[.][2-9]|1[89][.][0-9]+|[2-9][0-9][.][0-9]+)[.][0-9]+-prod(-fips)?$", var.envoy_version))
    error_message = "envoy_version must be a tag such as v1.34.13.0-prod, and at least v1.17.2.0-prod, which App Mesh demands."
  }
}
