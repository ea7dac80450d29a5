"""What our Terraform and the stage need of AWS and moto lacks, one service a module.

Each has an `install` that changes moto for the whole process; installing again does nothing. State is
kept on moto's backends, so that whatever resets moto resets it.
"""

from stage.control_plane.extensions import application_autoscaling, ecs, elbv2, moto_overhead, sqs


def install() -> None:
    """Install every extension."""
    for extension in (ecs, elbv2, application_autoscaling, sqs, moto_overhead):
        extension.install()
