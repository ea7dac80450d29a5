"""Bucket policies under conditions, and the number of versions that a lifecycle rule keeps."""

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3 import models, responses

from stage.control_plane.extensions.registration import Extension, Gap, Replacement, overrides


class FakeBucket(models.FakeBucket):
    """A bucket whose policy tells a request's conditions from nobody's."""

    @overrides
    def get_permission(self, action: str, resource: str) -> Any:
        """Permission by what the policy says without a condition.

        moto takes every condition for a refusal, also that of a statement which denies plain HTTP and so
        concerns nobody here: what the stage sends over the loopback stands for TLS.
        """
        if self.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(self.policy)
        statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
        unconditional = [statement for statement in statements if not statement.get("Condition")]
        if not unconditional:
            return PermissionResult.NEUTRAL
        told = IAMPolicy(json.dumps({**policy, "Statement": unconditional}))
        return told.is_action_permitted(action, resource)


class S3Backend(models.S3Backend):
    """S3 that keeps `NewerNoncurrentVersions`, without which the provider waits for its rule forever."""

    @overrides
    def put_bucket_lifecycle(self, bucket_name: str, rules: list[dict[str, Any]]) -> None:
        """Put the rules of a bucket."""
        super().put_bucket_lifecycle(bucket_name, rules)
        for rule, given in zip(self.get_bucket(bucket_name).rules, rules, strict=True):
            expiration = given.get("NoncurrentVersionExpiration") or {}
            rule.newer_versions = expiration.get("NewerNoncurrentVersions")


class S3Response(responses.S3Response):
    """Requests of S3."""

    @overrides
    def get_bucket_lifecycle(self) -> Any:
        """GetBucketLifecycleConfiguration; moto serializes within the method."""
        self._shown_rules = self.backend.get_bucket_lifecycle(self.bucket_name)
        return super().get_bucket_lifecycle()

    @overrides
    def serialized(self, action_result: ActionResult) -> Any:
        """An answer, with what moto leaves out of lifecycle rules."""
        shown = getattr(self, "_shown_rules", None)
        # A bucket without rules is answered with an error.
        if shown and not isinstance(action_result.result, Exception):
            for rule, told in zip(shown, action_result.result["Rules"], strict=True):
                if rule.newer_versions:
                    told["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] = rule.newer_versions
        return super().serialized(action_result)


EXTENSION = Extension(
    service="s3",
    gaps=(
        Gap(
            "conditions_of_bucket_policy",
            "A statement of a bucket policy applies whether its condition holds or not.",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html",
        ),
        Gap(
            "newer_noncurrent_versions",
            "A lifecycle rule forgets how many noncurrent versions it keeps.",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/API_NoncurrentVersionExpiration.html",
        ),
    ),
    backend=S3Backend,
    response=S3Response,
    replacements=(Replacement(models, "FakeBucket", FakeBucket),),
)
