"""Extensions of moto for our Terraform and the stage, one service a module.

Each has an `install` that changes moto for the whole process; installing again does nothing. State is
kept on moto's backends, so that whatever resets moto resets it.
"""

from stage.control_plane.extensions import (
    app_mesh,
    application_autoscaling,
    cloudwatch,
    dynamodb,
    ec2,
    ecs,
    elbv2,
    iam,
    kms,
    logs,
    moto_overhead,
    s3,
    sesv2,
    sqs,
)


def install() -> None:
    """Install every extension."""
    for extension in (
        app_mesh,
        application_autoscaling,
        cloudwatch,
        dynamodb,
        ec2,
        ecs,
        elbv2,
        iam,
        kms,
        logs,
        s3,
        sesv2,
        sqs,
        moto_overhead,
    ):
        extension.install()
