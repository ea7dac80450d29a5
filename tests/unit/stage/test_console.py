import logging
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError
from rich.cells import cell_len
from rich.console import Console
from rich.live import Live

from stage.console import how_to_call, log_to, picture, whereabouts
from stage.errors import StageError
from tests.unit.in_pages import InPages, page

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG = "(service email-sender) has started 1 tasks: (task 4f2b9d1c7e8a4b5d9c0f1a2b3c4d5e6f)."
DEAD_LETTERS = ["notifications-staging-dead-letter"]
WIDTHS = [80, 130]


def service(name, *events, desired=2, running=2, pending=0, rollout="COMPLETED"):
    """A service as DescribeServices tells it; its events a minute apart, newest first."""
    return {
        "serviceName": name,
        "desiredCount": desired,
        "runningCount": running,
        "pendingCount": pending,
        "deployments": [{"rolloutState": rollout}],
        "events": [
            {"createdAt": NOON - timedelta(minutes=age), "message": message}
            for age, message in enumerate(events)
        ],
    }


class Stage(InPages):
    """A stage whose AWS gives the answers that it is told to give."""

    def __init__(self, *services):
        self.services = services
        self.cpu = {}
        self.queues = {}
        self.activities = []
        self.load_balancers = [{"LoadBalancerName": "web"}]
        self.problem = None
        self.outputs = {"cluster_name": "shop"}
        self.api_key = "stage.0123"
        self.metrics = SimpleNamespace(latest=lambda: self.cpu)
        self.aws = SimpleNamespace(ecs=self, sqs=self, autoscaling=self, elbv2=self)

    @property
    def url(self):
        if self.problem is not None:
            raise self.problem
        return "http://127.0.0.1:8080"

    def list_services(self, *, cluster, nextToken=None):  # noqa: N803 - the API's names
        arns = [f"arn:{cluster}/{one['serviceName']}" for one in self.services]
        return page("serviceArns", arns, nextToken, 10)

    def describe_services(self, *, cluster, services):
        assert 0 < len(services) <= 10
        known = {f"arn:{cluster}/{one['serviceName']}": one for one in self.services}
        return {"services": [known[arn] for arn in services]}

    def describe_load_balancers(self):
        return {"LoadBalancers": self.load_balancers}

    def list_queues(self):
        return {"QueueUrls": list(self.queues)} if self.queues else {}

    def get_queue_attributes(self, *, QueueUrl, AttributeNames):  # noqa: N803 - the API's names
        assert ["All"] == AttributeNames
        visible, in_flight = self.queues[QueueUrl]
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(in_flight),
            }
        }

    def describe_scaling_activities(self, *, ServiceNamespace):  # noqa: N803 - the API's names
        assert "ecs" == ServiceNamespace
        return {"ScalingActivities": self.activities}


def lines(stage, width=100):
    """What is drawn, line by line."""
    console = Console(file=StringIO(), width=width)
    console.print(picture(stage))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def cells(stage, name, width=100):
    """The cells of the row that begins with a name."""
    (row,) = [line for line in lines(stage, width) if line.startswith(f"│ {name} ")]
    return [cell.strip() for cell in row.strip("│").split("│")]


@pytest.fixture
def system():
    """GIVEN two services, two queues and something that happened."""
    stage = Stage(
        service("notification-api", "(service notification-api) has reached a steady state."),
        service("email-sender", LONG, desired=3, running=1, pending=2, rollout="IN_PROGRESS"),
    )
    stage.cpu = {"CPUUtilization/notification-api": 69.6, "RunningTaskCount/email-sender": 1.0}
    stage.queues = {
        "http://127.9.0.1:4000/123456789012/notifications-staging": (1204, 10),
        "http://127.9.0.1:4000/123456789012/notifications-staging-dead-letter": (0, 0),
    }
    stage.activities = [
        {
            "StartTime": NOON - timedelta(seconds=30),
            "ResourceId": "service/shop/email-sender",
            "Description": "Setting desired count to 3.",
        }
    ]
    return stage


class TestPicture:
    """What a person sees."""

    def test_services_have_their_counts(self, system):
        """Counts and rollout are those that ECS tells."""
        assert ["email-sender", "3", "1", "2", "no datapoint", "in progress"] == cells(system, "email-sender")

    def test_cpu_is_the_newest_datapoint(self, system):
        """A service has its CPU in whole percent."""
        assert "70 %" == cells(system, "notification-api")[4]

    def test_rows_are_in_order(self, system):
        """They do not change places, in whatever order the APIs tell them."""
        system.queues = dict(reversed(system.queues.items()))
        names = ["email-sender", "notification-api", "notifications-staging", *DEAD_LETTERS]

        drawn = [line.split()[1] for line in lines(system) if line.startswith("│ ")]

        assert names == [name for name in drawn if name in names]

    def test_queues_have_their_depths(self, system):
        """Visible messages, and those that are in flight."""
        assert ["notifications-staging", "1204", "10"] == cells(system, "notifications-staging")

    def test_events_are_newest_first_whatever_they_come_from(self, system):
        """Deployments and scaling stand in one list, by AWS time."""
        drawn = lines(system, 120)
        times = [line.split()[1] for line in drawn if line.startswith("│ 1")]

        assert ["12:00:00", "12:00:00", "11:59:30"] == times
        assert any(
            "11:59:30 service/shop/email-sender: Setting desired count to 3." in line for line in drawn
        )

    def test_only_the_newest_events_are_shown(self):
        """The picture stays as high as it is, however much has happened."""
        stage = Stage(service("api", *(f"event {number}" for number in range(20))))

        shown = [line.split()[3] for line in lines(stage) if " event " in line]

        assert [str(number) for number in range(8)] == shown

    def test_nothing_has_happened_yet(self):
        """A stage without services, queues and events is drawn all the same."""
        assert any("nothing yet" in line for line in lines(Stage()))

    def test_services_beyond_a_page_are_shown(self):
        """ECS lists ten at a time."""
        many = Stage(*(service(f"s-{number:02}") for number in range(25)))

        assert 25 == len([line for line in lines(many) if line.startswith("│ s-")])

    def test_the_url_comes_first(self, system):
        """Where to send requests is what a person looks for."""
        assert "stage is up: http://127.0.0.1:8080   Ctrl-C ends it" == lines(system)[0]

    def test_an_aws_that_is_gone_is_told_in_one_line(self, system):
        """Whoever killed it needs no traceback."""

        def gone(**_request):
            raise EndpointConnectionError(endpoint_url="http://127.9.0.1:4000/")

        system.list_services = gone

        with pytest.raises(StageError, match=r"^the emulated AWS does not answer any more: .*4000.*$"):
            picture(system)

    @pytest.mark.parametrize("width", WIDTHS)
    def test_it_is_calm(self, system, width):
        """Each row is one line, every line fits, and all boxes are as wide as the screen."""
        drawn = lines(system, width)

        assert {width} == {cell_len(line) for line in drawn[1:]}
        for name in ("email-sender", "notification-api", "notifications-staging-dead-letter"):
            assert cells(system, name, width)[0] == name

    @pytest.mark.parametrize("width", WIDTHS)
    def test_columns_stay_where_they_are(self, system, width):
        """A figure that comes or grows moves no border."""
        before = [line for line in lines(system, width) if line.startswith("┏")]
        system.cpu = {"CPUUtilization/notification-api": 100.0, "CPUUtilization/email-sender": 7.0}
        system.services[1]["deployments"][0]["rolloutState"] = "FAILED"
        system.services[0]["desiredCount"] = 12
        system.queues = {"http://127.9.0.1:4000/123456789012/q": (1_204_000, 120_000)}

        assert before == [line for line in lines(system, width) if line.startswith("┏")]

    def test_a_long_event_goes_on_beside_its_time(self, system):
        """The second line of a message does not look like an event of its own."""
        drawn = lines(system, 80)
        started = next(number for number, line in enumerate(drawn) if "has started 1 tasks" in line)

        assert drawn[started].startswith("│ 12:00:00 (service")
        assert drawn[started + 1].startswith("│          4f2b9d1c7e8a")


class TestWhereabouts:
    """Where the stage answers."""

    def test_without_load_balancer(self):
        """A stage that has none says so."""
        stage = Stage()
        stage.problem, stage.load_balancers = StageError("no listener yet"), []

        assert "no load balancer" == whereabouts(stage)
        assert "stage is up: no load balancer   Ctrl-C ends it" == lines(stage)[0]

    def test_with_one_that_cannot_be_run(self):
        """A load balancer that is declared is not denied."""
        stage = Stage()
        stage.problem = StageError("listener 443 is HTTPS")

        assert "listener 443 is HTTPS" == whereabouts(stage)


class TestHowToCall:
    """What a person has to paste to have a mail sent."""

    def test_with_the_stages_own_key(self, system):
        """The command has the address and the key in it, and is in the picture."""
        system.outputs["api_keys_secret_name"] = "shop/api-keys"

        command = how_to_call(system)

        assert command.startswith("curl http://127.0.0.1:8080/v1/notifications ")
        assert "-H 'Authorization: Bearer stage.0123'" in command
        assert f"call it: {command}" in lines(system, 400)

    def test_without_an_api_that_wants_a_key(self, system):
        """Nothing is said of a key that opens nothing."""
        assert how_to_call(system) is None
        assert not [line for line in lines(system) if "call it" in line]


class TestLog:
    """What the stage's loops have to say while the picture is shown."""

    @pytest.fixture(autouse=True)
    def root_logger(self):
        """Afterwards logging is as it was."""
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        yield
        root.handlers[:] = handlers
        root.setLevel(level)

    def test_a_warning_stands_above_the_picture(self, system):
        """It is whole, and the picture below it is drawn anew."""
        console = Console(file=StringIO(), width=80, force_terminal=True, color_system=None)
        log_to(console)

        with Live(picture(system), console=console, auto_refresh=False) as live:
            console.file.truncate(0)
            logging.getLogger("stage.scheduler.loop").warning("a pass [red]failed[/red]")
            live.refresh()
            drawn = console.file.getvalue()

        before, _, after = drawn.partition("a pass [red]failed[/red]")
        assert before.rstrip().endswith("WARNING")
        assert "stage is up" not in before
        assert "stage is up" in after

    def test_what_is_no_warning_is_not_told(self):
        """A person is not told what went well."""
        console = Console(file=StringIO(), width=80)
        log_to(console)

        logging.getLogger("stage.target_tracking").info("stays at 2")

        assert "" == console.file.getvalue()
