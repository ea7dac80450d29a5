"""Releases: a candidate beside the stable version, compared with it, promoted or taken away."""
