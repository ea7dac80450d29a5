"""`scale`: another desired count for a service, as UpdateService sets it."""

import argparse

from common.pages import listed
from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, running
from stage.commands.tasks import require_service


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(commands, "scale", "Set how many tasks of a service are desired.")
    parser.add_argument("service", metavar="SERVICE", help="name of an ECS service")
    parser.add_argument("count", metavar="N", type=_count, help="tasks, from 0 on")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Set the desired count, and warn if autoscaling will not leave it."""
    output = Output(options)
    with running(options.name) as stage:
        before = require_service(stage, options.service)["desiredCount"]
        bounds = scaling_bounds(stage, options.service)
        stage.aws.ecs.update_service(
            cluster=stage.cluster, service=options.service, desiredCount=options.count
        )
    warning = outside(options.count, bounds)
    text = f"{options.service}: desired {before} → {options.count}"
    data = {"service": options.service, "before": before, "desired": options.count, "warning": warning}
    output.document(data, text, text)
    if warning is not None:
        output.warn(warning)


def scaling_bounds(stage: Running, service: str) -> tuple[int, int] | None:
    """Minimum and maximum that are registered for a service; None if it is not scaled by itself.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
    """
    targets = listed(
        stage.aws.autoscaling,
        "describe_scalable_targets",
        "ScalableTargets",
        ServiceNamespace="ecs",
        ResourceIds=[f"service/{stage.cluster}/{service}"],
    )
    return next(((target["MinCapacity"], target["MaxCapacity"]) for target in targets), None)


def outside(count: int, bounds: tuple[int, int] | None) -> str | None:
    """Warning of what autoscaling makes of a desired count outside its bounds; None if it is within them.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
    """
    if bounds is None or bounds[0] <= count <= bounds[1]:
        return None
    low, high = bounds
    if count < low:
        return f"{count} is below autoscaling's minimum of {low}: the next scale-out goes to {low} at least"
    return f"{count} is above autoscaling's maximum of {high}: the next scale-in goes to {high} at most"


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text}: give a number from 0 on")
    return number
