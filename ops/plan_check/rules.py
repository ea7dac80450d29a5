"""All rules, and what they find in a plan."""

from collections.abc import Callable, Iterable, Sequence

from ops.plan_check import (
    alarms,
    capacity,
    containers,
    encryption,
    expiry,
    exposure,
    grants,
    identity,
    listeners,
    network_acls,
    protection,
    retention,
    security_groups,
    stores,
    traffic,
    watching,
)
from ops.plan_check.attributes import Rule
from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, without_secrets
from ops.plan_check.relations import goes_with_its_whole
from ops.plan_check.spare import is_spare

PlanRule = Callable[[Sequence[Change]], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    stores.lost,
    stores.lost_version,
    retention.kept_shorter,
    traffic.no_longer_serves,
    traffic.no_longer_scales,
    capacity.looked_after_less,
    capacity.no_room_to_scale,
    listeners.no_longer_forwards,
    capacity.asleep_on_schedule,
    identity.role_is_wider,
    grants.managed_policies_added,
    grants.given_access,
    grants.created_wide,
    exposure.exposed,
    exposure.created_public,
    watching.no_longer_watches,
    watching.logs_less,
    alarms.goes_off_less,
    alarms.threshold_is_looser,
    alarms.needs_longer,
    alarms.statistic_is_milder,
    encryption.encrypts_less,
    encryption.key_is_removed,
    encryption.queue_is_plain,
    encryption.tls_is_weaker,
    encryption.deleted_encryption,
    protection.protects_less,
    protection.protection_is_deleted,
    containers.containers_differ,
)
"""Rules about a change by itself."""

PLAN_RULES: tuple[PlanRule, ...] = (
    expiry.expires_sooner,
    identity.policy_is_wider,
    grants.attached,
    security_groups.opened,
    network_acls.lets_through,
    exposure.routed_outside,
    alarms.composite_is_narrower,
    alarms.watches_something_else,
)
"""Rules for which a change has to be seen with what else the plan has."""


def find(changes: Sequence[Change]) -> list[Finding]:
    """Everything dangerous in a plan, in the order of its changes, each thing once."""
    found = [finding for change in changes if not change.idle for rule in RULES for finding in rule(change)]
    found += [finding for rule in PLAN_RULES for finding in rule(changes)]
    # A bucket's policy that goes with the bucket is no danger of its own, nor what nobody misses.
    parts = {
        change.address
        for change in changes
        if change.deletes and (goes_with_its_whole(changes, change) or is_spare(changes, change))
    }
    told = dict.fromkeys(finding for finding in found if finding.address not in parts)
    places = {change.address: (place, change) for place, change in enumerate(changes)}
    ordered = sorted(told, key=lambda finding: places[finding.address][0])
    return [without_secrets(finding, places[finding.address][1]) for finding in ordered]
