"""Number of noncurrent versions that a lifecycle rule keeps."""

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from stage.control_plane.extensions.patching import replace

_moto_set = FakeBucket.set_lifecycle
_moto_get = S3Response.get_bucket_lifecycle


def install() -> None:
    """Keep and show `NewerNoncurrentVersions`, without which the provider waits for its rule forever."""
    replace(FakeBucket, set_lifecycle=_set)
    replace(S3Response, get_bucket_lifecycle=_get)


def _set(bucket: Any, rules: list[dict[str, Any]]) -> None:
    _moto_set(bucket, rules)
    for rule, given in zip(bucket.rules, rules, strict=True):
        rule.newer_versions = (given.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")


def _get(self: S3Response) -> Any:
    rules: list[Any] = self.backend.get_bucket_lifecycle(self.bucket_name)
    moto_serialized = self.serialized

    def serialized(result: ActionResult) -> Any:
        # A bucket without rules is answered with an error.
        if isinstance(result.result, Exception):
            return moto_serialized(result)
        for rule, shown in zip(rules, result.result["Rules"], strict=True):
            if rule.newer_versions:
                shown["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] = rule.newer_versions
        return moto_serialized(result)

    # moto serializes within the method, and a response object answers one request.
    self.serialized = serialized
    return _moto_get(self)
