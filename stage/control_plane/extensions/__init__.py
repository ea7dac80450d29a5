"""Extensions of moto for our Terraform and the stage, one service a module or folder.

Each declares the gaps of moto that it closes, and the classes that it closes them with. State is kept on
backends, so that whatever resets moto resets it.
"""

from functools import cache

from stage.control_plane.extensions import (
    app_mesh,
    application_autoscaling,
    cloudwatch,
    core,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elbv2,
    iam,
    kms,
    logs,
    s3,
    sesv2,
    sqs,
    sts,
)
from stage.control_plane.extensions.registration import Extension

# By the name of the module or folder.
EXTENSIONS: dict[str, Extension] = {
    module.__name__.rpartition(".")[2]: module.EXTENSION
    for module in (
        app_mesh,
        application_autoscaling,
        cloudwatch,
        core,
        dynamodb,
        ec2,
        ecr,
        ecs,
        elbv2,
        iam,
        kms,
        logs,
        s3,
        sesv2,
        sqs,
        sts,
    )
}


@cache
def install() -> None:
    """Install every extension, for the whole process."""
    for extension in EXTENSIONS.values():
        extension.install()
