"""A kept stage."""

from stage.kept_state.kept import Facts, Kept, Places
from stage.terraform.inputs import ApiKey


def kept(block=200, made_of=(("Terraform", "1.11.4"),), applied_at=1_800_000_000.0, ports=(4100, 4101, 4102)):
    """One that was made of little."""
    return Kept(
        Facts(
            dict(made_of),
            applied_at,
            Places(block, *ports),
            "arn:aws:ecs:eu-central-1:123456789012:cluster/main",
            {"cluster_name": "main"},
            ApiKey("stage.hidden", {"clients": []}),
            "arn:aws:iam::123456789012:role/main-deploy",
        ),
        control=b"control",
        queues=b"queues",
        state=b"{}",
        lock=b"",
    )
