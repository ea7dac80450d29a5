"""One copy of the root module, one plan a variable set, shared by every test and worker."""

import shutil

import pytest

from tests.plan.offline import STAGING, VARIABLES, OfflineTerraform
from tests.plan.view import Plan, Service


@pytest.fixture(scope="session")
def offline(tmp_path_factory, worker_id):
    """Terraform without AWS."""
    if shutil.which("terraform") is None:
        pytest.fail("terraform is not on PATH: install Terraform 1.11 or newer", pytrace=False)
    base = tmp_path_factory.getbasetemp()
    return OfflineTerraform((base if worker_id == "master" else base.parent) / "offline")


@pytest.fixture(scope="session")
def staging(offline) -> Plan:
    """Staging as the pipeline deploys it: mails leave through SES."""
    return Plan(offline.plan("staging", STAGING))


@pytest.fixture(scope="session")
def smtp(offline) -> Plan:
    """Staging with an SMTP server, as on the stage."""
    return Plan(offline.plan("smtp", STAGING, VARIABLES / "smtp.tfvars"))


@pytest.fixture(scope="session")
def production(offline) -> Plan:
    """Production: HTTPS, a NAT gateway a zone, values at the edge of what is allowed."""
    return Plan(offline.plan("production", VARIABLES / "production.tfvars"))


@pytest.fixture
def api(staging) -> Service:
    """The Notification API in staging."""
    return staging.service("notification-api")


@pytest.fixture
def sender(staging) -> Service:
    """The Email Sender in staging."""
    return staging.service("email-sender")


@pytest.fixture(params=["notification-api", "email-sender"])
def service(request, staging) -> Service:
    """Each of the two services in staging."""
    return staging.service(request.param)
