module "cluster" {
  source = "../terraform/modules/cluster"

  name = "known"
}
