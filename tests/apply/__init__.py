"""Applies the whole Terraform to an emulated AWS, changes it, and takes it down again."""
