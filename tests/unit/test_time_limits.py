import configparser
from pathlib import Path

import pytest

from tests.time_limits import SECONDS, seconds_for

_TESTS = Path(__file__).parents[1]


def test_every_layer_has_a_limit():
    """A folder with tests that is not named has no limit, and its tests would say so."""
    layers = {path.relative_to(_TESTS).parts[0] for path in _TESTS.rglob("test_*.py")}

    assert layers == set(SECONDS)


def test_every_test_of_this_run_has_a_limit(request):
    """None hangs for ever."""
    assert [] == [item.nodeid for item in request.session.items if item.get_closest_marker("timeout") is None]


def test_a_test_has_its_own_layers_limit():
    """Those of the layers' helpers are unit tests, whatever they are of."""
    assert SECONDS["unit"] == seconds_for(_TESTS / "unit" / "integration" / "test_images.py")
    assert SECONDS["apply"] == seconds_for(_TESTS / "apply" / "test_data.py")


def test_a_layer_that_is_not_named_is_an_error():
    """Whoever adds a layer is told at once."""
    with pytest.raises(KeyError, match="another"):
        seconds_for(_TESTS / "another" / "test_it.py")


def test_every_environment_of_tox_has_a_limit_above_that_of_its_tests():
    """A test that hangs is told by its own limit, with its stack, before the environment is ended."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(_TESTS.parent / "tox.ini")
    limits = {
        name.removeprefix("testenv:"): config[name].getint("time_limit", 0)
        for name in config.sections()
        if name.startswith("testenv:")
    }

    assert {} == {name: limit for name, limit in limits.items() if limit < 1.5 * SECONDS.get(name, 1)}
