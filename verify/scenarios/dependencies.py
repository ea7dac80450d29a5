"""AWS's services are slow, failing or talking nonsense for a while, one after the other under one load."""

from verify.scenario import Scenario
from verify.stretches import Settings, Stretch, run
from verify.toxics import Toxic
from verify.verdict.disturbances import DISTURBED

_MINUTES = 5.0

SQS = (
    Stretch("SQS slow", {"sqs": [Toxic("latency", {"latency": 1500, "jitter": 300})]}, _MINUTES),
    Stretch(
        "SQS failing",
        {
            "sqs": [
                Toxic("error", {"code": "ServiceUnavailable"}, 0.5),
                Toxic("error", {"code": "RequestThrottled"}, 0.3),
            ]
        },
        _MINUTES,
    ),
    Stretch(
        "SQS answering garbage",
        {
            "sqs": [
                Toxic("garbage", {"kind": "html", "stream": "upstream"}, 0.3),
                Toxic("garbage", {"kind": "html"}, 0.2),
                Toxic("garbage", {"kind": "cut"}, 0.2),
            ]
        },
        _MINUTES,
    ),
)
"""Requests get 503 meanwhile, and what SQS took without saying so is sent once."""

DYNAMODB = (
    Stretch(
        "DynamoDB throttled",
        {"dynamodb": [Toxic("error", {"code": "ProvisionedThroughputExceededException"}, 0.7)]},
        _MINUTES,
    ),
    Stretch(
        "DynamoDB conflicting",
        {
            "dynamodb": [
                Toxic("error", {"code": "TransactionCanceledException"}, 0.5),
                Toxic("error", {"code": "TransactionConflictException"}, 0.5),
            ]
        },
        _MINUTES,
    ),
)
"""Mails wait for the ledger; no caller notices."""

SECRETS_MANAGER = (
    Stretch(
        "Secrets Manager gone",
        {"secretsmanager": [Toxic("reset_peer", {"stream": "upstream"})]},
        _MINUTES,
        kills="api",
    ),
)
"""Tasks that run keep the keys that they have; one that starts waits for them."""

SCENARIO = Scenario(
    title="AWS in trouble",
    sentence="SQS, DynamoDB and Secrets Manager fail in turn, and nothing is lost or doubled.",
    settings=Settings((*SQS, *DYNAMODB, *SECRETS_MANAGER)),
    run=run,
    checks=DISTURBED,
    alarms=(
        "notification-api-p99-latency",
        "user-impact",
        "error-rate",
        "notification-api-error-rate",
        "accept-failures",
    ),
    in_any_order=("error-rate", "notification-api-error-rate", "accept-failures"),
    default=False,
    budget_minutes=4.0,
)
