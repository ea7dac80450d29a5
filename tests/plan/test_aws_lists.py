"""What a validation says that AWS offers is what AWS's own models of its services say, name by name."""

import json
import re
from pathlib import Path

import botocore
import botocore.session
import pytest

from tests.plan.hcl import read_module
from tests.plan.offline import ROOT_MODULE

PARTITIONS = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())[
    "partitions"
]
REGIONS = {
    region: partition["id"]
    for partition in PARTITIONS
    for region in partition["regions"]
    if not region.endswith("-global")
}
NO_REGIONS = [
    "",
    "-central-1",
    "EU-CENTRAL-1",
    "aws-global",
    "cn-north-1a",
    "eu-center-1",
    "eu-central",
    "eu-central-",
    "eu-central-0",
    "eu-central-1-ham-1",
    "eu-central-1a",
    "eu-central-100",
    "eu--1",
    "eu-1",
    "eusc-east-1",
    "euw1",
    "us-govt-west-1",
    "us-isoc-east-1",
    "xx-central-1",
    " eu-central-1",
]
WITH_RETENTION = ["cluster", "load_generator", "mesh", "network", "service"]


@pytest.fixture(params=[".", "bootstrap"])
def region_pattern(request):
    """The pattern that aws_region is held to, where the system and where an account is described."""
    return re.compile(_patterns(ROOT_MODULE / request.param / "variables.tf", "var.aws_region")[0])


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_every_region_of_every_partition_is_one(region_pattern, region):
    """China, GovCloud, the European Sovereign Cloud and the isolated partitions are as good as any."""
    assert region_pattern.fullmatch(region)


@pytest.mark.parametrize("name", NO_REGIONS)
def test_what_is_no_region_is_refused(region_pattern, name):
    """A zone, a misspelling and another partition's prefix are no region."""
    assert not region_pattern.fullmatch(name)


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_a_regions_partition_is_known_by_its_name(region):
    """Validations say the same of a region's partition as the provider does."""
    text = (ROOT_MODULE / "locals.tf").read_text()
    named = dict(re.findall(r'^ {4}([a-z-]+) += "(aws-[a-z-]+)"$', text, re.MULTILINE))
    assert REGIONS[region] == named.get(region.rsplit("-", 2)[0], "aws")


@pytest.mark.parametrize("module", WITH_RETENTION)
def test_every_retention_of_cloudwatch_logs_is_one(module):
    """Logs may be kept for ten years, as auditors want of some."""
    operation = botocore.session.get_session().get_service_model("logs").operation_model("PutRetentionPolicy")
    said = operation.input_shape.members["retentionInDays"].documentation
    offered = re.findall(r"\d+", re.search(r"Possible values are: ([^.]*)", said)[1])
    text = (ROOT_MODULE / "modules" / module / "variables.tf").read_text()
    written = re.search(r"contains\(\[([\d,\s]+)\], var\.log_retention_days\)", text)[1]
    assert offered == re.findall(r"\d+", written)


def test_every_retention_is_held_to_that_list():
    """No module that makes a log group leaves its retention to an apply."""
    makers = {
        path.parent.name
        for path in ROOT_MODULE.glob("modules/*/*.tf")
        if 'resource "aws_cloudwatch_log_group"' in path.read_text()
    }
    assert set(WITH_RETENTION) == makers


def test_time_zones_are_named_once():
    """The list is in order, and has what people set their clocks by."""
    zones = (ROOT_MODULE / "modules" / "autoscaling" / "time-zones.txt").read_text().splitlines()
    assert sorted(set(zones)) == zones
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Etc/GMT+9"} <= set(zones)


def test_private_endpoints_are_chosen_once():
    """The root module and the network module know the same kinds and have the same default."""
    inner = read_module(ROOT_MODULE / "modules" / "network").variables["private_endpoints"]
    outer = read_module(ROOT_MODULE).variables["private_endpoints"]
    assert outer["default"] == inner["default"]


def _patterns(path, subject):
    return [
        pattern.replace("\\\\", "\\")
        for pattern in re.findall(rf'regex\("([^"]+)", {re.escape(subject)}\)', path.read_text())
    ]
