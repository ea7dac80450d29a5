import importlib
import sys
from itertools import count
from types import SimpleNamespace

import pytest

from tests.unit.verify import runs
from verify.discovery import discovered, selected
from verify.errors import LoadError
from verify.verdict.trust import HOST_RULE

_NUMBERS = count()
SCENARIOS = {
    "burst": SimpleNamespace(default=False, stage_only=False),
    "soak": SimpleNamespace(default=False, stage_only=False),
    "steady": SimpleNamespace(default=True, stage_only=False),
}
GOOD = """
from types import SimpleNamespace
from tests.unit.verify import runs
from verify.scenario import Scenario
from verify.verdict.delivery import accepted_delivered

SCENARIO = Scenario(
    title="{title}",
    sentence="A burst is answered.",
    settings=SimpleNamespace(eased=lambda attempt: attempt),
    run=lambda target, settings, say: say("burst") or runs.autoscaling_run(),
    checks=({checks},),
)
"""


def good(title="Burst", checks="accepted_delivered"):
    """The source of a scenario."""
    return GOOD.format(title=title, checks=checks)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes a package of these modules."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(**modules):
        name = f"scenarios_{next(_NUMBERS)}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for module, source in modules.items():
            (tmp_path / name / f"{module}.py").write_text(source)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield make
    for name in [name for name in sys.modules if name.startswith("scenarios_")]:
        del sys.modules[name]


def test_a_module_that_is_dropped_into_the_package_is_a_scenario(package):
    """It runs and is judged, and no list had to name it."""
    found = discovered(package(steady=good("Steady"), burst=good()))
    said = []

    judged = found["burst"].prove(None, said.append)

    assert ["burst", "steady"] == list(found)
    assert ("accepted_delivered", HOST_RULE) == found["burst"].rules
    assert ["pass", "pass"] == [check.outcome for check in judged.checks]
    assert runs.autoscaling_run() == judged.record
    assert ["burst"] == said


def test_the_scenarios_are_those_in_their_folder():
    """Each check is called as its function is: rules are test ids before anything has run."""
    found = discovered()
    records = {"autoscaling": runs.autoscaling_run(), "lost_task": runs.lost_task_run()}

    assert records.keys() <= found.keys()
    for name, record in records.items():
        assert list(found[name].rules) == [check.name for check in found[name].judge(record)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", r"\.broken has no SCENARIO = Scenario\(\.\.\.\): write one, or move what helps"),
        ("SCENARIO = 'burst'", r"\.broken has no SCENARIO"),
        ("import no_such_module", r"\.broken cannot be imported: ModuleNotFoundError: .*no_such_module"),
        ("raise RuntimeError('half done')", r"\.broken cannot be imported: RuntimeError: half done"),
        (good(checks="lambda record: None"), r"\.broken: its checks must be functions with names"),
        (good(checks="accepted_delivered, accepted_delivered"), r"not \['accepted_delivered'\]"),
        (good().replace("checks=(accepted_delivered,)", "checks=()"), r"\.broken: its checks must be"),
    ],
)
def test_a_module_that_is_no_scenario_is_an_error(package, source, message):
    """The sentence names the module and says what it lacks: it is never passed over."""
    with pytest.raises(LoadError, match=message):
        discovered(package(broken=source))


def test_two_scenarios_of_one_title_are_an_error(package):
    """A report could not tell them apart."""
    with pytest.raises(LoadError, match="scenario burst: another one is called 'Burst' too"):
        discovered(package(burst=good(), surge=good()))


@pytest.mark.parametrize(
    ("options", "all_scenarios", "names"),
    [
        ([], False, ["steady"]),
        ([], True, ["burst", "soak", "steady"]),
        (["burst"], False, ["burst"]),
        (["steady,burst"], False, ["burst", "steady"]),
        (["soak, burst", "steady"], False, ["burst", "soak", "steady"]),
    ],
)
def test_those_run_that_are_asked_for_else_the_default_set(options, all_scenarios, names):
    """By commas and by repeating the option, in the order of the names."""
    assert names == list(selected(SCENARIOS, options, all_scenarios=all_scenarios))


@pytest.mark.parametrize(
    ("options", "all_scenarios", "message"),
    [
        (["burts,steady"], False, r"--scenario burts: there are burst, soak, steady"),
        (["steady,"], False, r"--scenario steady,: a name is missing"),
        (["burst"], True, r"--scenario and --all: give one of them"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, all_scenarios, message):
    """The message says what there is."""
    with pytest.raises(LoadError, match=message):
        selected(SCENARIOS, options, all_scenarios=all_scenarios)


@pytest.mark.parametrize(
    ("options", "all_scenarios", "names"),
    [([], False, ["steady"]), ([], True, ["soak", "steady"]), (["burst"], False, ["burst"])],
)
def test_what_only_a_stage_can_do_runs_against_an_account_if_it_is_asked_for(options, all_scenarios, names):
    """Neither by default nor with all."""
    scenarios = {**SCENARIOS, "burst": SimpleNamespace(default=True, stage_only=True)}

    assert names == list(selected(scenarios, options, all_scenarios=all_scenarios, account=True))


def test_some_scenario_is_in_the_default_set():
    """`make verify` without any would pass, and prove nothing."""
    assert any(scenario.default for scenario in discovered().values())
