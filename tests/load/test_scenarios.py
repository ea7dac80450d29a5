from tests.load.assertion import assert_passed


def test_scenario(scenario_checks, rule):
    """Each check of each scenario in `verify/scenarios`, in whose `SCENARIO` stands what it shows."""
    assert_passed(scenario_checks, rule)
