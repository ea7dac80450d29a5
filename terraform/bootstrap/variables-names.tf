variable "hosted_zone_ids" {
  description = "Route 53 hosted zones that take load balancers' names, by environment; none where names are kept elsewhere. Example: { staging = \"Z0123456789ABCDEFGHIJ\" }."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for zone in values(var.hosted_zone_ids) : can(regex("^[A-Z0-9]{1,32}$", zone))])
    error_message = "hosted_zone_ids must be ids of Route 53 hosted zones, such as Z0123456789ABCDEFGHIJ."
  }

  validation {
    condition     = length(setsubtract(keys(var.hosted_zone_ids), var.environments)) == 0
    error_message = "hosted_zone_ids must be given by the names of environments."
  }
}
