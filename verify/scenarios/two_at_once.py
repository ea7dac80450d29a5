"""Two dependencies are disturbed at once, under the same load."""

from verify.scenario import Scenario
from verify.stretches import Settings, Stretch, run
from verify.toxics import Toxic
from verify.verdict.disturbances import DISTURBED

_MINUTES = 6.0
# So long that the oldest mail is over five minutes old for five minutes, however soon a probe finds the relay
# well again.
_LONG_MINUTES = 11.0

STRETCHES = (
    Stretch(
        "relay refusing and DynamoDB throttled",
        {
            "smtp": [Toxic("error", {"at": "mail", "reply": "421 4.3.2 Service shutting down"})],
            "dynamodb": [Toxic("error", {"code": "ThrottlingException"}, 0.5)],
        },
        _LONG_MINUTES,
    ),
    Stretch(
        "SQS failing and relay slow",
        {
            "sqs": [Toxic("error", {"code": "ServiceUnavailable"}, 0.5)],
            "smtp": [Toxic("latency", {"latency": 300, "jitter": 100})],
        },
        _MINUTES,
    ),
    Stretch(
        "SQS losing answers and DynamoDB away",
        {
            # What SQS took without being able to say so comes twice, and the ledger cannot be asked.
            "sqs": [Toxic("reset_peer", {}, 0.3)],
            "dynamodb": [Toxic("error", {"code": "ServiceUnavailable"})],
        },
        _MINUTES,
    ),
)

SCENARIO = Scenario(
    title="Two dependencies at once",
    sentence="Two dependencies fail at once, and nothing is lost or doubled.",
    settings=Settings(STRETCHES),
    run=run,
    checks=DISTURBED,
    alarms=(
        "provider-unavailable",
        "user-impact",
        "queue-age",
        "error-rate",
        "notification-api-error-rate",
        "accept-failures",
    ),
    in_any_order=("error-rate", "notification-api-error-rate", "accept-failures"),
    # Two attempts at SQS, with a pause of up to a second between them, last about as long as it allows.
    may_go_off=("notification-api-p99-latency",),
    default=False,
    budget_minutes=4.0,
)
