"""Each dependency is away for ten minutes of AWS time, one after the other, under the same load."""

from verify.scenario import Scenario
from verify.stretches import Settings, Stretch, run
from verify.toxics import Toxic
from verify.verdict.disturbances import DISTURBED

_MINUTES = 10.0
# So long that the oldest mail is over five minutes old for five minutes, however soon a probe finds the relay
# well again.
_LONG_MINUTES = 12.0

# A mail that lies in the queue when it begins would get old there, or not: the alarm on that is the relay's.
SQS = Stretch("SQS away", {"sqs": [Toxic("error", {"code": "ServiceUnavailable"})]}, _MINUTES, idle=True)
# A dependency that answers nothing costs more than one that says so: each call lasts until it is given up.
DYNAMODB = Stretch(
    "DynamoDB away", {"dynamodb": [Toxic("timeout", {"timeout": 1000, "stream": "upstream"})]}, _MINUTES
)
SECRETS_MANAGER = Stretch(
    "Secrets Manager away",
    {"secretsmanager": [Toxic("timeout", {"timeout": 1000, "stream": "upstream"})]},
    _MINUTES,
    kills="api",
)
RELAY = Stretch("relay away", {"smtp": [Toxic("reset_peer")]}, _LONG_MINUTES, idle=True)

SCENARIO = Scenario(
    title="Outages",
    sentence="Each dependency is away for ten minutes or more, and the mails that waited for it are all sent"
    " once.",
    # While the ledger is away tasks hold what they have in hand, and it depends on how many they are whether
    # the queue gets old; with the relay away it does.
    settings=Settings((SQS, RELAY, DYNAMODB, SECRETS_MANAGER)),
    run=run,
    checks=DISTURBED,
    alarms=(
        "error-rate",
        "notification-api-error-rate",
        "user-impact",
        "accept-failures",
        "provider-unavailable",
        "queue-age",
    ),
    in_any_order=("error-rate", "notification-api-error-rate", "user-impact", "accept-failures"),
    # Two attempts at SQS, with a pause of up to a second between them, last about as long as it allows.
    may_go_off=("notification-api-p99-latency",),
    default=False,
    budget_minutes=4.5,
)
