"""The variable sets that every rule is held against: service mesh x environment x canary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.plan.offline import ROOT_MODULE, VARIABLES

CERTIFICATE = {"certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"}
CANARY = {"image_tag": "0.2.0", "weight": 10}


@dataclass(frozen=True)
class Cell:
    """A variable set: files, and values that win over them."""

    name: str
    var_files: tuple[Path, ...]
    variables: Mapping[str, object] = field(default_factory=dict)


def _environment(name: str) -> Path:
    return ROOT_MODULE / "environments" / f"{name}.tfvars"


def _cell(environment: str, mesh: str, weight: int | None) -> Cell:
    suffix = {None: "", 10: "-canary"}.get(weight, f"-canary-{weight}")
    canary = None if weight is None else {**CANARY, "weight": weight}
    certificate = CERTIFICATE if environment == "production" else {}
    return Cell(
        f"{environment}-{mesh}{suffix}",
        (_environment(environment),),
        {"service_mesh": mesh, "canary": canary, **certificate},
    )


BASE = "staging-service_connect"
_OTHERS = (
    # Mails leave through an SMTP server that wants a login.
    Cell("smtp", (_environment("staging"), VARIABLES / "smtp.tfvars")),
    # They leave through a relay of one's own network, as on the stage: neither a login nor encryption.
    Cell("relay", (_environment("staging"), VARIABLES / "relay.tfvars")),
    # It speaks TLS from the first byte.
    Cell("implicit-tls", (_environment("staging"), VARIABLES / "implicit-tls.tfvars")),
    # A sender's address as people write it.
    Cell("mixed-case", (_environment("staging"), VARIABLES / "mixed-case.tfvars")),
    # The same, and every service of AWS but S3 and DynamoDB behind the NAT gateway.
    Cell(
        "gateway",
        (_environment("staging"), VARIABLES / "smtp.tfvars"),
        {"private_endpoints": "gateway"},
    ),
    # Tasks that make the load, which production never has.
    Cell("load", (_environment("staging"),), {"load_generator": {"workers": 2, "image_tag": "0.3.0"}}),
    # Every variable at the edge of what is accepted.
    Cell("edges", (VARIABLES / "edges.tfvars",)),
)
CELLS: dict[str, Cell] = {
    cell.name: cell
    for cell in (
        *(
            _cell(environment, mesh, weight)
            for environment in ("staging", "production")
            for mesh in ("service_connect", "app_mesh", "none")
            for weight in (None, 10)
        ),
        # The ends of the scale: a canary that stands without requests, and one that gets them all; and one
        # that gets as many as the stable service.
        _cell("staging", "service_connect", 0),
        _cell("staging", "service_connect", 50),
        _cell("staging", "service_connect", 100),
        *_OTHERS,
    )
}
# Variable sets that together have every resource and every permission; others differ in values.
FEW = (BASE, "edges", "staging-app_mesh-canary", "smtp", "production-none-canary", "gateway", "load")
