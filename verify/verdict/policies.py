"""Whether the registered policies are the ones that were asked for."""

from verify.timeline import Timeline
from verify.verdict.check import Basis, Check, judged
from verify.verdict.rules import CPU_METRIC, TARGET_PERCENT


def policy_target(timeline: Timeline) -> Check:
    """Both services keep their average CPU at the target."""
    targets = {
        service.name: [policy.target for policy in service.policies if policy.metric == CPU_METRIC]
        for service in timeline.services
    }
    return judged(
        "policy_target",
        f"each service has one target tracking policy on average CPU, at {TARGET_PERCENT:g} %",
        ", ".join(
            f"{name} {' and '.join(f'{value:g} %' for value in values) or 'none'}"
            for name, values in targets.items()
        ),
        (
            f"{name} has {' and '.join(f'{value:g} %' for value in values) or 'no such policy'}"
            for name, values in targets.items()
            if values != [TARGET_PERCENT]
        ),
        basis=Basis.CONFIGURATION,
    )
