"""Bucket policies under conditions, and lifecycle rules in full."""

from functools import cache

from stage.control_plane.extensions.s3 import bucket_policies, lifecycle_rules


@cache
def install() -> None:
    """Fix moto's S3 as far as our buckets need it."""
    bucket_policies.install()
    lifecycle_rules.install()
