import pytest

from tests.plan.costs import monthly, table, write, written
from tests.plan.matrix import BASE

SETTINGS = [
    ("`staging.tfvars`", BASE, "all"),
    ('`staging.tfvars`, `private_endpoints = "gateway"`', BASE, "gateway"),
    ("`production.tfvars`", "production-service_connect", "all"),
    ('`production.tfvars`, `private_endpoints = "gateway"`', "production-service_connect", "gateway"),
]


@pytest.mark.inventory
def test_the_readme_says_what_the_system_costs(request, cells):
    """The table is what the plan declares, times list prices."""
    rows = [(setting, monthly(cells(cell), endpoints)) for setting, cell, endpoints in SETTINGS]
    if request.config.getoption("--write") in ("costs", "all"):
        write(table(rows))
    assert table(rows) == written()


def test_gateway_endpoints_alone_save_the_interface_endpoints(cells):
    """Staging's twelve, each 7.30 dollars a month, and nothing else."""
    staging = cells(BASE)
    dear, cheap = monthly(staging, "all"), monthly(staging, "gateway")
    assert {"interface endpoints"} == {part for part in dear if dear[part] != cheap[part]}
    assert pytest.approx(12 * 7.30) == dear["interface endpoints"]
    assert 0 == cheap["interface endpoints"]


def test_without_interface_endpoints_there_are_as_many_nat_gateways(cells):
    """What the table leaves out is what the setting leaves out."""
    everything, gateway = cells("smtp"), cells("gateway")
    gone = set(everything.all("aws_vpc_endpoint")) - set(gateway.all("aws_vpc_endpoint"))
    assert {"module.network.aws_vpc_endpoint"} == {address.split(".interface[")[0] for address in gone}
    assert 6 == len(gone)
    assert set(everything.all("aws_nat_gateway")) == set(gateway.all("aws_nat_gateway"))
