from tests.unit.services.email_sender.conftest import (
    dynamodb_api,
    ledger_table,
    message,
    relay,
    start_relay,
    task,
)

__all__ = ["dynamodb_api", "ledger_table", "message", "relay", "start_relay", "task"]
