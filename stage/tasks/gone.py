"""Tells calls that fail because a resource was destroyed from those that fail for another reason."""

import logging

from botocore.exceptions import ClientError


def severity(error: Exception) -> int:
    """Log level for a call that failed while a task was on its way out.

    When a whole configuration is destroyed, clusters, target groups and log groups may go before the
    last task has; that is worth no warning.
    """
    if isinstance(error, ClientError) and "NotFound" in error.response["Error"]["Code"]:
        return logging.INFO
    return logging.WARNING
