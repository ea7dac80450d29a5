import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("apply", "bench", "integration", "load", "plan", "functional", "properties", "unit")

# Calls that wait for what they are given, and the position of their budget among the arguments.
_WAITS = {
    "wait": 0,
    "join": 0,
    "result": 0,
    "exception": 0,
    "acquire": 1,
    "wait_for": 1,
    "reached": 1,
    "eventually": 1,
    "holds_eventually": 0,
    "stop_after_delay": 0,
    "settimeout": 0,
    "setdefaulttimeout": 0,
    "timeout": 0,
    "timeout_at": 0,
}
_BUDGETS = {
    "timeout",
    "timeout_seconds",
    "allowed",
    "budget",
    "budget_seconds",
    "read_timeout",
    "connect_timeout",
}
# Calls of these names wait for nothing: they tell seconds, or declare what AWS is to do.
_TELLS, _DECLARES = {"pace", "polls"}, {"HealthCheck", "toxic"}
_CLOCKS = {"monotonic", "perf_counter", "time", "monotonic_ns", "perf_counter_ns", "time_ns", "now"}

# Made-up runs, and an event loop whose clock jumps: no second of theirs passes.
_MADE_UP_HOURS = ("unit/verify/verdict", "properties/outages")

# A file, the code, and why it may stand there.
JUSTIFIED = {
    ("tests/waiting.py", "time.sleep(every)"): "the one place that waits between two questions",
    ("tests/bench/load.py", "asyncio.sleep(wait)"): "the load generator's own pace",
    ("tests/bench/measure/sender.py", "time.sleep(pace.wait(time.monotonic()))"): "the same",
    ("tests/bench/generator_cost.py", "time.sleep(_WARM_UP_SECONDS)"): "before a benchmark's first round",
    ("tests/bench/generator_cost.py", "time.sleep(_SECONDS)"): "a round of a benchmark",
    (
        "tests/unit/stage/control_plane/test_toxics.py",
        "client_of(endpoint, 'sqs', read_timeout=0.05)",
    ): "what is waited for never comes",
    (
        "tests/integration/mail_server.py",
        "self._container.wrapped.stop(timeout=1)",
    ): "whoever has not ended by SIGTERM is killed: the server is down either way",
    (
        "tests/functional/verify/scenarios/test_disturbed.py",
        "time.sleep(1.2)",
    ): "a server that answers late, longer than a turn of a user",
    (
        "tests/functional/services/notification_api/test_hostile_clients.py",
        "stop.wait(0.01)",
    ): "a slow client's pace; how much it sends is asserted nowhere",
    (
        "tests/functional/stage/load_balancer/test_loop_traffic.py",
        "done.wait(0.01)",
    ): "a client's pace; how many requests that makes is asserted nowhere",
    (
        "tests/functional/stage/load_balancer/test_loop_leaving.py",
        "leaving.result(0.7)",
    ): "nobody may come back yet; a slow machine only sees less",
    (
        "tests/unit/services/email_sender/test_healthcheck.py",
        "healthcheck.is_healthy('127.0.0.1', silent.getsockname()[1], timeout=0.05)",
    ): "what is waited for never comes",
    (
        "tests/unit/services/shared/sqs/test_micro_batcher.py",
        "asyncio.sleep(0.01)",
    ): "a timer of the same loop that is due after the one that must do nothing",
    (
        "tests/unit/stage/control_plane/extensions/dynamodb/test_writes.py",
        "together.wait(0.2)",
    ): "nobody may come; a slow machine only sees less",
}


def waits_without_a_budget(source: str) -> Iterator[str]:
    """Code that sleeps, that waits for so many seconds, or that asserts an upper bound in seconds."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call():
                found = _sleeps(node) or _waits_for_a_number(node)
            case ast.Compare():
                found = _bounds_elapsed_time(node)
            case ast.Assign() | ast.AnnAssign():
                found = _is_a_budget_of_its_own(node)
            case _:
                found = False
        if found:
            yield ast.unparse(node)


def _name(called: ast.expr) -> str:
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _is_number(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float() as value):
            return value > 0
        case ast.Call(func=ast.Name(id="timedelta"), keywords=parts):
            return all(_is_number(part.value) for part in parts)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
    return False


def _sleeps(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="time" | "asyncio"), attr="sleep"):
            return ast.unparse(call.args[0]) != "0"
    return False


def _waits_for_a_number(call: ast.Call) -> bool:
    if _name(call.func) in _DECLARES:
        return False
    if any(given.arg in _BUDGETS and _is_number(given.value) for given in call.keywords):
        return True
    position = _WAITS.get(_name(call.func))
    if isinstance(call.func, ast.Attribute) and _name(call.func.value) in _TELLS:
        return False
    return position is not None and position < len(call.args) and _is_number(call.args[position])


def _bounds_elapsed_time(compare: ast.Compare) -> bool:
    sides = [compare.left, *compare.comparators]
    return any(
        (isinstance(operator, ast.Lt | ast.LtE) and _reads_a_clock(left) and _is_number(right))
        or (isinstance(operator, ast.Gt | ast.GtE) and _is_number(left) and _reads_a_clock(right))
        for left, operator, right in zip(sides, compare.ops, sides[1:], strict=False)
    )


def _reads_a_clock(expression: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Call) and _name(node.func) in {*_CLOCKS, "time_of"}
        for node in ast.walk(expression)
    )


def _is_a_budget_of_its_own(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return _is_number(node.value) and any("BUDGET" in _name(target) for target in targets)


def test_no_test_waits_for_a_time_of_its_own():
    """Budgets come from tests/waiting.py, which fits them to the host; nothing sleeps."""
    found = {
        (str(file.relative_to(ROOT)), code)
        for file in [ROOT / "tests" / "waiting.py", *_files()]
        for code in waits_without_a_budget(file.read_text())
    }

    assert sorted(JUSTIFIED) == sorted(found)


def test_no_example_of_a_property_is_timed():
    """Hypothesis's own deadline of 200 ms is a fast machine's."""
    assert None is settings().deadline
    assert HealthCheck.too_slow in settings().suppress_health_check


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for file in (ROOT / "tests" / room).rglob("*.py"):
            if not any(file.is_relative_to(ROOT / "tests" / hours) for hours in _MADE_UP_HOURS):
                yield file


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(0.1)",
        "await asyncio.sleep(seconds)",
        "await asyncio.wait_for(answer, 5)",
        "async with asyncio.timeout(5): ...",
        "event.wait(10)",
        "event.wait(timeout=10)",
        "process.wait(2 * 60)",
        "thread.join(5.0)",
        "future.result(5)",
        "queue.get(timeout=3)",
        "subprocess.run(command, timeout=30)",
        "urlopen(request, timeout=1)",
        "reached(condition, 10)",
        "retry(stop=stop_after_delay(10))",
        "assert datetime.now(UTC) - accepted_at < timedelta(seconds=10)",
        "Relay(host, port, timeout_seconds=5)",
        "BUDGET_SECONDS = 10",
        "_END_BUDGET: float = 5.0",
        "assert time.monotonic() - began < 0.5",
        "assert 0.9 < time.monotonic() - began < 4",
        "assert 5 >= journal.time_of('b') - journal.time_of('a')",
    ],
)
def test_a_time_of_its_own_is_found(code):
    """Each way of waiting, and each way of asserting that something was fast."""
    assert [] != list(waits_without_a_budget(code))


@pytest.mark.parametrize(
    "code",
    [
        "await asyncio.sleep(0)",
        "await asyncio.wait_for(answer, SOON)",
        "process.wait(START)",
        "process.wait()",
        "', '.join(words)",
        "event.wait(0)",
        "pace.wait(2.5)",
        "HealthCheck(timeout=5)",
        "eventually(ready, LONG, every=0.1)",
        "assert time.monotonic() - began > 0.9",
        "assert took < 1.5 * plain",
        "clock.sleep(30)",
        "BUDGET_SECONDS = budget(600)",
    ],
)
def test_what_fits_the_host_is_not(code):
    """A named budget, a lower bound, a ratio of two times, a made-up clock."""
    assert [] == list(waits_without_a_budget(code))
