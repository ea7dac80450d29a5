resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  name         = "${var.name}/${each.key}"
  force_delete = var.force_delete

  # A tag names the same image for ever, so a roll-back brings back what ran before.
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }
}
