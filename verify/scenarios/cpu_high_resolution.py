"""The same spike with a policy on CPU of twenty seconds instead of a minute."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from common.pages import listed
from verify import read_aws
from verify.record import ScenarioRecord
from verify.scenario import Scenario
from verify.scenarios.cpu_spike import Settings, run_until
from verify.session import Say
from verify.target import Target
from verify.verdict.always import ONE_EFFECT
from verify.verdict.requests import no_request_failed
from verify.verdict.scale_out_time import fine_scale_out, scale_out_in_time
from verify.verdict.target_tracking import CPU_METRIC
from verify.verdict.tasks import desired_explained, running_followed
from verify.verdict.traffic import enough_requests, statuses_documented

HIGH_RESOLUTION = f"{CPU_METRIC}HighResolution"
_DIMENSION = "ecs:service:DesiredCount"


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """The policy is exchanged by the API: Terraform's provider knows no such metric yet."""
    since = target.clock.now() - timedelta(minutes=1)
    with _exchanged_policy(target):
        record = run_until(target, settings, say, lambda _running: None)
        fine = read_aws.cpu_of_seconds(target, target.api_service, since)
    return replace(record, fine_cpu=tuple(fine))


@contextmanager
def _exchanged_policy(target: Target) -> Iterator[None]:
    """The API's policy on CPU tracks datapoints of twenty seconds; the declared one is back afterwards."""
    scaled = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{target.cluster}/{target.api_service}",
        "ScalableDimension": _DIMENSION,
    }
    policies = listed(target.autoscaling, "describe_scaling_policies", "ScalingPolicies", **scaled)
    (declared,) = [
        policy
        for policy in policies
        if policy["TargetTrackingScalingPolicyConfiguration"]
        .get("PredefinedMetricSpecification", {})
        .get("PredefinedMetricType")
        == CPU_METRIC
    ]
    configuration = declared["TargetTrackingScalingPolicyConfiguration"]

    def put(metric: str) -> None:
        tracked: dict[str, Any] = {
            **configuration,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        }
        target.autoscaling.put_scaling_policy(
            **scaled,
            PolicyName=declared["PolicyName"],
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracked,
        )

    put(HIGH_RESOLUTION)
    try:
        yield
    finally:
        put(CPU_METRIC)


SCENARIO = Scenario(
    title="CPU spike, high resolution",
    sentence="With datapoints of twenty seconds the same jump is answered in about a quarter of the time.",
    settings=Settings(),
    run=run,
    checks=(
        scale_out_in_time,
        fine_scale_out,
        desired_explained,
        running_followed,
        no_request_failed,
        *ONE_EFFECT,
        enough_requests,
        statuses_documented,
    ),
    default=False,
    budget_minutes=1.0,
)
