"""An AWS in this process, for boto3."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws


@contextmanager
def emulated_aws() -> Iterator[None]:
    """An empty account for as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        # Reading thousands of machine images takes most of a second, and nobody here starts one.
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        # For the requests library moto prepares a thousand answers: more work than most tests.
        patch.setattr("moto.core.models.RESPONSES_METHODS", [])
        with mock_aws():
            yield
