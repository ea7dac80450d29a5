# Where the state lies is given at init, one file an environment:
#   terraform init -backend-config=environments/staging.tfbackend
terraform {
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
