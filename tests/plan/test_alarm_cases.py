"""Each declared alarm goes off when its description says so, and is silent otherwise, on the stage.

The definitions are the planned ones, the metrics made up: `alarm_cases.yaml` has them.
"""

import re
from functools import cache
from pathlib import Path

import boto3
import pytest
import yaml

from stage.control_plane import extensions
from tests.plan.alarm_rehearsal import Rehearsal
from tests.plan.cloudwatch import Alarm, alarms
from tests.unit.stage.emulated import emulated_aws

# Side by side, since what sets an alarm off is rehearsed once.
pytestmark = pytest.mark.xdist_group("alarm_cases")

CASES = yaml.safe_load(Path(__file__).with_name("alarm_cases.yaml").read_text())
OF_METRICS = [name for name, case in CASES.items() if "sets_off" in case]
COMPOSITE = [name for name, case in CASES.items() if "watches" in case]
SILENT = [(name, what) for name in OF_METRICS for what in CASES[name]["silent"]]

# A quiet afternoon and a night without a request; in both nothing fails and nothing waits.
AFTERNOON = {
    "RequestCount": 6000,
    "TargetResponseTime": {0.02: 5900, 0.2: 100},
    "HealthyHostCount": 2,
    "ApproximateAgeOfOldestMessage": 2,
    "ApproximateNumberOfMessagesVisible": 0,
    "CPUUtilization": 68,
    "DesiredTaskCount": 2,
    "RunningTaskCount": 2,
    "MailsSent": 6000,
    "ProviderUnavailable": {0: 12},
    "Reputation.BounceRate": 0.01,
    "Reputation.ComplaintRate": 0.0001,
}
NIGHT = {
    **AFTERNOON,
    "RequestCount": None,
    "TargetResponseTime": None,
    "MailsSent": None,
    "CPUUtilization": 1,
    "ApproximateAgeOfOldestMessage": 0,
}


@pytest.fixture(scope="session")
def client():
    """Made once: that takes longer than most tests."""
    return boto3.Session("test", "test", region_name="eu-central-1").client("cloudwatch")


@pytest.fixture
def cloudwatch(client):
    """An emulated CloudWatch without alarms."""
    extensions.install()
    with emulated_aws():
        yield client


@pytest.fixture(scope="module")
def declared(standalone, minimal):
    """Every metric alarm that Terraform declares, by its name without the system's."""
    found = alarms(standalone)
    for values in minimal.all("aws_cloudwatch_metric_alarm").values():
        if values["alarm_name"].endswith("-web-errors"):
            # What the load balancer is called is known once it is there.
            found["web-errors"] = Alarm({"dimensions": {}, **values})
    return found


@pytest.fixture(scope="module")
def composite(standalone):
    """Every composite alarm's planned values, by its name without the system's."""
    return {
        values["alarm_name"].removeprefix("notifications-staging-"): values
        for address, values in standalone.all("aws_cloudwatch_composite_alarm").items()
        if address.startswith("module.monitoring.")
    }


@pytest.fixture(scope="module")
def rehearse(declared, composite):
    """Put every declared alarm into an emulated CloudWatch."""

    def rehearse(cloudwatch):
        made = Rehearsal(cloudwatch, declared)
        for name, values in composite.items():
            made.put_composite(name, values["alarm_rule"].replace("notifications-staging-", ""))
        return made

    return rehearse


@pytest.fixture
def rehearsal(rehearse, cloudwatch):
    """Every declared alarm in CloudWatch."""
    return rehearse(cloudwatch)


@pytest.fixture(scope="module")
def set_off(client, rehearse):
    """What is in ALARM after each period of what sets a metric alarm off."""

    @cache
    def set_off(name):
        extensions.install()
        with emulated_aws():
            return rehearse(client).feed(name, CASES[name]["sets_off"])

    return set_off


def test_every_alarm_has_a_case(declared, composite):
    """Whoever adds an alarm says here when it goes off, and when it does not."""
    without = {*declared, *composite} - set(CASES)
    gone = set(CASES) - {*declared, *composite}

    assert (set(), set()) == (without, gone)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_of_what_the_description_says(declared, composite, name):
    """The sentence that wakes somebody is the one that the numbers stand for."""
    description = (
        declared[name].alarm_description if name in declared else composite[name]["alarm_description"]
    )

    assert description.startswith(CASES[name]["says"])


@pytest.mark.parametrize("name", OF_METRICS)
def test_an_alarm_goes_off_when_its_description_says_so(set_off, name):
    """With the last of the periods, and not before."""
    *before, last = (name in found.split() for found in set_off(name))

    assert ([False] * len(before), True) == (before, last)


@pytest.mark.parametrize(("name", "what"), SILENT)
def test_an_alarm_is_silent_just_below(rehearsal, name, what):
    """However long it lasts; neither do others go off."""
    assert {""} == set(rehearsal.feed(name, CASES[name]["silent"][what]))


@pytest.mark.parametrize("name", COMPOSITE)
def test_a_composite_alarm_goes_off_with_those_that_it_is_on(set_off, composite, name):
    """With each of them, and with no other."""
    rule = composite[name]["alarm_rule"]
    found = {member for member in OF_METRICS if name in set_off(member)[-1].split()}

    assert set(CASES[name]["watches"]) == found
    members = re.findall(r'ALARM\("notifications-staging-([^"]+)"\)', rule)
    assert set(members) == found


@pytest.mark.parametrize("run", [AFTERNOON, NIGHT], ids=["afternoon", "night"])
def test_a_good_run_sets_nothing_off(rehearsal, run):
    """All metrics at once: at first, after as long as alarms of minutes look back, and after a whole hour."""
    assert {""} == set(rehearsal.feed_all(run, [1, 2, 5, 10, 15, 20, 60]))
