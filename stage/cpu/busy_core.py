"""Program that keeps one core busy for some seconds and prints how much it did; imports nothing of ours.

The work is what the services do: make JSON, read it, hash it, all in Python.
"""

import json
import sys
import time
from hashlib import sha256

_ROUNDS = 20
_NOTIFICATION = {"recipient": "someone@example.com", "subject": "Measured", "body": "0123456789" * 20}


def work(seconds: float) -> tuple[int, float, float]:
    """Rounds done, CPU seconds used, real seconds taken."""
    rounds, began, used = 0, time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        for number in range(_ROUNDS):
            text = json.dumps({**_NOTIFICATION, "number": number})
            sha256(text.encode()).hexdigest()
            sorted(json.loads(text).items())
        rounds += _ROUNDS
    return rounds, time.process_time() - used, time.monotonic() - began


if __name__ == "__main__":
    sys.stdout.write(" ".join(map(str, work(float(sys.argv[1])))))
