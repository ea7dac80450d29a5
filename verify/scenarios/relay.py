"""The relay is refusing, greylisting, slow, gone, not encrypted or overrun for a while, under one load."""

from verify.scenario import Scenario
from verify.stretches import Settings, Stretch, run
from verify.toxics import Toxic
from verify.verdict.disturbances import DISTURBED

_MINUTES = 5.0

STRETCHES = (
    Stretch(
        "relay refusing",
        {"smtp": [Toxic("error", {"at": "mail", "reply": "451 4.3.0 Temporary lookup failure"})]},
        _MINUTES,
    ),
    Stretch("relay greylisting", {"smtp": [Toxic("error", {"greylist_seconds": 3.0})]}, _MINUTES),
    Stretch(
        "relay slow",
        {"smtp": [Toxic("latency", {"latency": 400, "jitter": 200}), Toxic("bandwidth", {"rate": 2})]},
        _MINUTES,
    ),
    # A mail that is cut off half-way may have been taken, and is held: that is not what this is about.
    Stretch("relay closing connections", {"smtp": [Toxic("reset_peer")]}, _MINUTES, idle=True),
    # A certificate that nobody trusts, or no TLS at all. What is encrypted already is closed: as above.
    Stretch(
        "relay with broken TLS",
        {"smtp": [Toxic("error", {"at": "handshake"}), Toxic("garbage", {"at": "handshake"}, 0.5)]},
        _MINUTES,
        idle=True,
    ),
    Stretch(
        "relay answering 421 under load",
        {"smtp": [Toxic("error", {"max_connections": 1}), Toxic("latency", {"latency": 200})]},
        _MINUTES,
    ),
)

SCENARIO = Scenario(
    title="Relay in trouble",
    sentence="Whether the relay refuses, is slow, hangs up or is overrun, each mail is sent once it is back.",
    settings=Settings(STRETCHES),
    run=run,
    checks=DISTURBED,
    alarms=("provider-unavailable", "user-impact", "send-failure-rate"),
    default=False,
    budget_minutes=4.0,
)
