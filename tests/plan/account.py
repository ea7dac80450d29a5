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
    "hosted_zone_ids": {"production": "Z0123456789ABCDEFGHIJ", "staging": "ZJIHGFEDCBA9876543210"},
}
EXAMPLE: dict[str, Any] = {
    "aws_region": "eu-central-1",
    "aws_account_id": ACCOUNT_ID,
    "certificate_arn": f"arn:aws:acm:eu-central-1:{ACCOUNT_ID}:certificate/example",
    "domain_name": "hello.example.com",
    "allowed_cidr_blocks": ["203.0.113.0/24"],
    "image_tag": "1.0.0",
}
