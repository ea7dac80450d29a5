variable "name" {
  description = "Name of the system, as in the system's own variables. Example: \"notifications\"."
  type        = string
  default     = "notifications"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 13 lower-case letters, digits and dashes, beginning with a letter."
  }

  validation {
    # As in the system's own variables.
    condition     = !can(regex("^(aws|ssm|sg$|sg-|internal$|internal-|sthree$|sthree-|amzn-s3-demo)", var.name))
    error_message = "name must not begin with what AWS keeps to itself: aws or ssm, sg-, internal-, sthree- or amzn-s3-demo-."
  }
}

variable "environments" {
  description = "Environments of the system that this account holds; each gets a deploy role, staging a load role too. Example: [\"staging\"]."
  type        = set(string)

  validation {
    condition     = length(var.environments) > 0
    error_message = "environments must name at least one environment."
  }

  validation {
    condition     = length(setsubtract(var.environments, ["development", "staging", "production"])) == 0
    error_message = "environments must be among development, staging and production."
  }
}

variable "aws_region" {
  description = "Region of the state and of the system. Example: \"eu-central-1\"."
  type        = string

  validation {
    # Every partition's pattern of the SDKs
    # (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json), with the directions that
    # regions are named after: China, GovCloud, the European Sovereign Cloud and the isolated ones included.
    condition     = can(regex("^(af|ap|ca|cn|eu|eu-isoe|eusc-de|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-[1-9][0-9]?$", var.aws_region))
    error_message = "aws_region must be a region's code, such as eu-central-1."
  }
}

variable "aws_account_id" {
  description = "Account to prepare; any other account is refused. Example: \"111122223333\"."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be 12 digits, quoted so that a leading zero stays."
  }
}

variable "github" {
  description = <<-EOT
    The repository that may take the roles, by name and by number (`gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`).
    The numbers keep the trust from whoever takes the name after a rename.
    Example: { owner = "example", owner_id = "1234567", repository = "notifications", repository_id = "987654321" }
  EOT
  type = object({
    owner         = string
    owner_id      = string
    repository    = string
    repository_id = string
    main_branch   = optional(string, "main")
  })

  # A wildcard or a colon in a name would widen the trust or shift its parts. Managed users' logins have an
  # underscore, and some old ones end in a dash
  # (https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication).
  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$", var.github.owner))
    error_message = "github.owner must be a user's or an organisation's login, such as example."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.github.repository)) && !can(regex("^[.]{1,2}$|[.](git|wiki)$", var.github.repository))
    error_message = "github.repository must be the repository's name without its owner, such as notifications."
  }

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.github.owner_id)) && can(regex("^[1-9][0-9]*$", var.github.repository_id))
    error_message = "github.owner_id and github.repository_id must be GitHub's numbers, not names."
  }

  validation {
    # What git allows of a name (https://git-scm.com/docs/git-check-ref-format), of the characters that a condition takes as they are.
    condition = can(regex("^[A-Za-z0-9_][A-Za-z0-9._/@+#=-]*$", var.github.main_branch)) && !can(regex(
      "[.]{2}|//|/[.]|[.]lock(/|$)|[./]$|^@$", var.github.main_branch
    ))
    error_message = "github.main_branch must be one branch's name, such as main."
  }
}

variable "state_history_days" {
  description = "Days that a replaced version of the state can be brought back. Example: 90."
  type        = number
  default     = 90

  validation {
    condition     = var.state_history_days >= 30 && floor(var.state_history_days) == var.state_history_days
    error_message = "state_history_days must be a whole number of days, at least 30."
  }
}
