import pytest

from stage.images.reference import Reference, parse

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("demo-app", Reference("", "demo-app", "latest", "")),
        ("shop/demo-app:1", Reference("", "shop/demo-app", "1", "")),
        ("r.example:5000/x/demo-app:1", Reference("r.example:5000", "x/demo-app", "1", "")),
        ("localhost/demo-app", Reference("localhost", "demo-app", "latest", "")),
        (f"{ECR}/shop/demo-app:1.2", Reference(ECR, "shop/demo-app", "1.2", "")),
        (f"{ECR}/demo-app@sha256:0a", Reference(ECR, "demo-app", "", "sha256:0a")),
        (f"{ECR}/demo-app:1@sha256:0a", Reference(ECR, "demo-app", "1", "sha256:0a")),
    ],
)
def test_a_name_is_taken_apart(image, expected):
    """As Docker does it."""
    assert expected == parse(image)


@pytest.mark.parametrize(
    ("registry", "account", "region"),
    [
        (ECR, "123456789012", "eu-central-1"),
        ("210987654321.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "210987654321", "us-gov-west-1"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "123456789012", "cn-north-1"),
        ("public.ecr.aws", "", ""),
        ("registry.example:5000", "", ""),
        ("", "", ""),
    ],
)
def test_ecr_is_told_by_its_host(registry, account, region):
    """It has account and region in its name."""
    reference = Reference(registry, "demo-app", "1", "")

    assert (account, region) == (reference.account, reference.region)


@pytest.mark.parametrize(
    ("tag", "valid"), [("1.1.0", True), ("_", True), ("", False), ("-1", False), ("a b", False)]
)
def test_a_tag_that_no_registry_takes(tag, valid):
    """https://docs.docker.com/reference/cli/docker/image/tag/ says which are valid."""
    assert valid == Reference("", "demo-app", tag, "").has_valid_tag
