"""What roots other than the system's own are planned with: an account to prepare, a service to run."""

from typing import Any

ACCOUNT_ID = "123456789012"
ACCOUNT: dict[str, Any] = {
    "environments": ["production", "staging"],
    "aws_region": "eu-central-1",
    "aws_account_id": ACCOUNT_ID,
    "github": {
        "owner": "example",
        "owner_id": "1234567",
        "repository": "notifications",
        "repository_id": "987654321",
    },
}
EXAMPLE: dict[str, Any] = {
    "aws_region": "eu-central-1",
    "aws_account_id": ACCOUNT_ID,
    "certificate_arn": f"arn:aws:acm:eu-central-1:{ACCOUNT_ID}:certificate/example",
    "image_tag": "1.0.0",
}
