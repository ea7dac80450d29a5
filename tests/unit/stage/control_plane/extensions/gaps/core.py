"""Gaps of moto as a whole, which are costs."""

from tests.unit.stage.control_plane.extensions.gaps.world import calls

_LIST = {"service": "sqs", "body": {}, "target": "AmazonSQS.ListQueues"}


def lookup_of_methods(aws):
    """The second request of a kind looks up no methods."""
    aws.ask(**_LIST)
    return 0 == calls(lambda: aws.ask(**_LIST))["getmembers"]


def lookup_of_services(aws):
    """The second request of a kind lists no folders."""
    aws.ask(**_LIST)
    return 0 == calls(lambda: aws.ask(**_LIST))["list_of_moto_modules"]
