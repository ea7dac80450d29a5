"""Program: `python -m tests.workflows.load`: requests to a stage for a few seconds, for `--load`."""

import argparse
import asyncio
import json
import os
import sys
from uuid import uuid4

from tests.bench.load import paced, post
from verify.content import Notification
from verify.plan import RECIPIENT

_ACCEPTED = 202


def main() -> int:
    """Make the load; the exit status is 0 if any request was accepted: the bake judges how many fail."""
    parser = argparse.ArgumentParser(prog="python -m tests.workflows.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where the load balancer answers")
    parser.add_argument("--rate", type=float, default=5.0, help="requests a second (5)")
    parser.add_argument("--seconds", type=float, default=5.0, help="for so long (5)")
    options = parser.parse_args()
    notification = Notification.numbered(uuid4(), RECIPIENT)
    headers = {"Authorization": f"Bearer {os.environ['LOAD_API_KEY']}"}
    request = post("/v1/notifications", json.dumps(notification.body).encode(), headers)
    sent = asyncio.run(
        paced(options.port, request, rate=options.rate, connections=20, seconds=options.seconds)
    )
    return 0 if sent.statuses[_ACCEPTED] else 1


if __name__ == "__main__":
    sys.exit(main())
