"""Rules by which a store deletes what is old, of S3 and of ECR."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.plan_check.change import Change
from ops.plan_check.comparisons import lowered, shortened
from ops.plan_check.finding import Finding, Kind, shown
from ops.plan_check.relations import joins_what_stands
from ops.plan_check.values import blocks

_BUCKET = "aws_s3_bucket_lifecycle_configuration"
_REPOSITORY = "aws_ecr_lifecycle_policy"
_OBJECTS = "Objects are"
_VERSIONS = "Earlier versions of objects are"
_IMAGES = "Images, those to roll back to included, are"


@dataclass(frozen=True)
class _Limit:
    """How much a rule leaves; what is beyond it is deleted.

    Attributes:
        what: Beginning of the sentence.
        attribute: Where it is given.
        left: Days, or a number of versions or images; None if it is a date.
        spares: Whether it takes something out of what another limit deletes.
    """

    what: str
    attribute: str
    left: float | None
    spares: bool = False

    def sooner_than(self, was: "_Limit | None") -> bool:
        if self.spares:
            return was is not None and lowered(was.left, self.left)
        return was is None or shortened(was.left, self.left)


_Limits = dict[tuple[str, str], _Limit]


def expires_sooner(changes: Sequence[Change]) -> Iterator[Finding]:
    """Lifecycle rules that delete sooner, or more, than before."""
    for change in changes:
        if change.type not in (_BUCKET, _REPOSITORY):
            continue
        if not (change.compared or joins_what_stands(changes, change)):
            continue
        read = _of_bucket if change.type == _BUCKET else _of_repository
        before = read(change.before)
        for name, limit in read(change.after).items():
            was = before.get(name)
            if limit.sooner_than(was):
                yield Finding(
                    change.address,
                    Kind.DATA,
                    f"{limit.what} deleted sooner than before, or at all, and cannot be brought back.",
                    limit.attribute,
                    shown(was.left if was else None),
                    shown(limit.left),
                )


def _of_bucket(values: Mapping[str, Any]) -> _Limits:
    """Limits of the rules that are on, by the objects that each is for.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """
    limits: _Limits = {}
    for rule in blocks(values.get("rule")):
        if rule.get("status") != "Enabled":
            continue
        objects = json.dumps(_given([rule.get("prefix"), rule.get("filter")]), default=str, sort_keys=True)
        within = f"rule[{rule.get('id')}]"
        for one in blocks(rule.get("expiration")):
            for name in ("days", "date"):
                if one.get(name):
                    limits[objects, name] = _Limit(
                        _OBJECTS, f"{within}.expiration.{name}", _number(one[name])
                    )
        for one in blocks(rule.get("noncurrent_version_expiration")):
            kept = _number(one.get("newer_noncurrent_versions")) or 0.0
            days = _number(one.get("noncurrent_days"))
            block = f"{within}.noncurrent_version_expiration"
            limits[objects, "noncurrent"] = _Limit(_VERSIONS, f"{block}.noncurrent_days", days)
            limits[objects, "newer"] = _Limit(
                _VERSIONS, f"{block}.newer_noncurrent_versions", kept, spares=True
            )
    return limits


def _of_repository(values: Mapping[str, Any]) -> _Limits:
    """Limits of the rules, by the images that each is for; to one without a tag nobody rolls back.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    policy = values.get("policy")
    try:
        rules = json.loads(policy)["rules"] if isinstance(policy, str) else []
        selections = [dict(rule["selection"]) for rule in rules]
    except (ValueError, KeyError, TypeError):
        return {}
    limits: _Limits = {}
    for selection in selections:
        count = _number(selection.pop("countNumber", None))
        if selection.get("tagStatus") != "untagged":
            limits[json.dumps(selection, sort_keys=True), "count"] = _Limit(_IMAGES, "policy", count)
    return limits


def _given(value: Any) -> Any:
    """A value without what is empty in it, however that is written."""
    if isinstance(value, Mapping):
        kept = {name: _given(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", [], {}, False)}
    if isinstance(value, list):
        return [one for one in map(_given, value) if one not in (None, "", [], {}, False)]
    return value


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
