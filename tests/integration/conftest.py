"""One engine, one set of images and one running system for all tests; loud where there can be none."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import docker
import pytest

from tests.integration import not_run
from tests.integration.account import account_of, gather
from tests.integration.engine import REQUEST_BUDGET_SECONDS, EngineUnavailableError, engine
from tests.integration.followed import followed, forget
from tests.integration.images import Images, build_images
from tests.integration.system import System, running_system

_HERE = Path(__file__).parent
_REPORT = Path("reports/integration")
# What says most about a failure is at the end of a log.
_EXCERPT_LINES = 40
# What needs no system comes first, what disturbs it last.
_ORDER = (
    "test_image_files",
    "test_infrastructure",
    "test_tasks",
    "test_delivery",
    "test_idempotency",
    "test_dead_letters",
    "test_mail_events",
    "test_monitoring",
    "test_rotation",
    "test_outages",
    "test_localstack_restart",
    "test_stops",
    "test_kills",
    "test_alarm",
)
_systems: list[System] = []


def pytest_configure(config):
    """Let testcontainers leave its connections to the engine open."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


def pytest_collection_modifyitems(items):
    """Run what disturbs the system last; other folders' tests stay where they are, before these."""
    place = {name: number for number, name in enumerate(_ORDER)}
    items.sort(key=lambda item: place[item.path.stem] if item.path.parent == _HERE else -1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Put under a failure what is known of the test's notifications, and the end of each container's log."""
    report = yield
    if report.failed:
        report.sections += [("notifications that went wrong", text) for text in map(_account, _systems)]
        for container in (container for system in _systems for container in system.containers):
            end = "\n".join(container.lines()[-_EXCERPT_LINES:])
            report.sections.append((f"log of {container.name}", end))
    return report


def _account(system: System) -> str:
    try:
        return account_of(followed(), gather(system)) or "none of those that the test asked for"
    except Exception as error:  # noqa: BLE001 - whatever keeps it from being told, the failure itself has to be
        return f"{', '.join(followed())}: nothing can be learned of them, {error!r}"


def pytest_runtest_setup():
    """Follow the notifications of each test for itself."""
    forget()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Say loudly that nothing was proved; pytest writes no summary for a status of one's own."""
    if (reason := not_run.reason()) is not None:
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        reporter.ensure_newline()
        reporter.section("INTEGRATION TESTS NOT RUN", red=True, bold=True)
        reporter.line(f"{not_run.VERDICT}: {reason}", red=True)


@pytest.fixture(scope="session")
def say(pytestconfig) -> Callable[[str], None]:
    """Tell on the terminal what takes time."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"integration: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a sign of life

    return tell


@pytest.fixture(scope="session")
def docker_host(say) -> Iterator[str]:
    """Where the engine listens; without one the run ends here, and not as a pass."""
    try:
        with engine(say) as url:
            os.environ["DOCKER_HOST"] = url
            yield url
    except EngineUnavailableError as error:
        not_run.end(str(error))


@pytest.fixture(scope="session")
def client(docker_host) -> Iterator[docker.DockerClient]:
    """The engine."""
    client = docker.DockerClient(base_url=docker_host, timeout=REQUEST_BUDGET_SECONDS)
    yield client
    client.close()


@pytest.fixture(scope="session")
def images(client, docker_host, say) -> Images:
    """Every image, built if it has changed."""
    try:
        return build_images(client, docker_host, say)
    except EngineUnavailableError as error:
        not_run.end(str(error))


@pytest.fixture(scope="session")
def starting(request, client, images, tmp_path_factory, say) -> Iterator[Future[System]]:
    """Everything, on its way up: Terraform waits for SQS while tests that need no system run."""
    _REPORT.mkdir(parents=True, exist_ok=True)
    running = running_system(client, images, tmp_path_factory.mktemp("system"), _REPORT.resolve(), say)
    with ThreadPoolExecutor(1) as pool:
        wanted = any("system" in item.fixturenames for item in request.session.items)
        future = pool.submit(running.__enter__) if wanted else Future()
        yield future
        if wanted:
            failed = future.exception() is not None
            # What has not come up has cleaned up after itself.
            pool.submit(lambda: None if failed else running.__exit__(None, None, None)).result()
    # testcontainers leaves its connections to the garbage collector, which would complain too late.
    gc.collect()


@pytest.fixture(scope="session")
def system(starting) -> Iterator[System]:
    """Everything, running."""
    system = starting.result()
    _systems.append(system)
    yield system
    _systems.clear()
