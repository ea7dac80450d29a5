"""Applies the whole Terraform to an emulated AWS, moves it from mesh to mesh, and takes it down again."""
