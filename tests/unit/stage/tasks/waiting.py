"""How a test waits."""

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed


def eventually(condition, seconds=60.0):
    """Wait until a condition holds, within a budget; the test fails when it does not."""
    return Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.01),
        retry=retry_if_result(lambda holds: not holds),
    )(condition)
