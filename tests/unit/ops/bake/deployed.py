"""A system as Terraform's outputs have it."""

_GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup"
STABLE_GROUP = f"{_GROUP}/api/1111"
CANARY_GROUP = f"{_GROUP}/canary/2222"


def outputs(*, stable_group=STABLE_GROUP, canary_group=CANARY_GROUP, without=(), **canary):
    """The outputs that a bake needs, as `terraform output -json` has them.

    Args:
        stable_group: ARN of the stable target group.
        canary_group: ARN of the canary's.
        without: Parts of the canary's output that an older root module does not have.
        canary: Parts of it that are others.
    """
    values = {
        "aws_region": "eu-central-1",
        "environment": "staging",
        "cluster_name": "notifications-staging",
        "notification_api": {"service_name": "notification-api", "target_group_arn": stable_group},
        "email_sender": {"service_name": "email-sender"},
        "canary": {
            "service_name": "notification-api-canary",
            "target_group_arn": canary_group,
            "weight": 10,
            "alarms": ["n-canary-error-rate", "n-canary-unhealthy"],
            "sender_service_name": "email-sender-canary",
            "sender_tasks": 1,
            "sender_alarms": ["n-canary-send-failure-rate"],
            **canary,
        },
    }
    for name in without:
        del values["canary"][name]
    return {name: {"sensitive": False, "type": "string", "value": value} for name, value in values.items()}
