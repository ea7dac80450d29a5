import pytest

from tests.unit.ops.bake.account import Account


@pytest.fixture
def account(client, tmp_path):
    """An account in which nobody has asked for anything yet."""
    return Account(client, tmp_path)
