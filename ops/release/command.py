"""`release`: bring a version out beside the stable one, compare the two, promote it or take it back."""

import argparse
from collections.abc import Callable
from functools import partial

import boto3

from ops.answer import Answer, say
from ops.arguments import Subcommands, command, environment, positive
from ops.environment import open_environment
from ops.errors import UsageError
from ops.exit_status import ExitStatus
from ops.release.out import Out
from ops.release.steps import WEIGHTS

_MINUTES = 20
_MAX_WEIGHT = 100
# Of the health check, for each look at a bake.
_QUESTIONS_A_LOOK = 10


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "release",
        "Bring a version out step by step; take it back if it is worse. Goes on where it was interrupted.",
    )
    environment(parser)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--image-tag", help="version to bring out")
    wanted.add_argument("--abort", action="store_true", help="take the release back that is under way")
    wanted.add_argument("--status", action="store_true", help="say where it stands, and change nothing")
    parser.add_argument(
        "--bake-minutes",
        type=positive,
        default=_MINUTES,
        help=f"minutes of figures that are compared at each weight ({_MINUTES})",
    )
    parser.add_argument(
        "--weights",
        type=_weights,
        default=WEIGHTS,
        help=f"percentages of requests, one after the other ({','.join(map(str, WEIGHTS))})",
    )
    parser.add_argument(
        "--poll-seconds", type=float, default=10.0, help="seconds between two looks at a bake (10)"
    )
    parser.add_argument(
        "--load",
        metavar="COMMAND",
        help="run this beside each bake, again and again, where there are no users; it has to succeed",
    )
    parser.add_argument(
        "--load-role",
        metavar="ARN",
        help="role that the load takes, if it is not to act as whoever releases",
    )
    parser.add_argument(
        "--url", help="where the load balancer answers, if the name in the outputs does not lead there"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Release, take back, or say where it stands.

    Raises:
        UsageError: There is no such environment, another version is being released, or options do not go
            together.
        OpsError: It cannot be told what is out.
        ClientError: AWS refuses, before anything was changed.
        BotoCoreError: AWS does not answer, before anything was changed.
    """
    # They import scipy, which takes a second that no other command should.
    from ops.release.answer import Released  # noqa: PLC0415
    from ops.release.baking import Baking  # noqa: PLC0415
    from ops.release.health_probe import HealthProbe  # noqa: PLC0415
    from ops.release.load_command import LoadCommand, words  # noqa: PLC0415
    from ops.release.load_role import credentials  # noqa: PLC0415
    from ops.release.preflight import beginning  # noqa: PLC0415
    from ops.release.release import Beside, Course, Release  # noqa: PLC0415
    from ops.release.standing import Standing  # noqa: PLC0415

    if options.load is not None:
        # Refused before the first wait.
        words(options.load)
    elif options.load_role is not None:
        raise UsageError("--load-role is the role of a load: give --load, too")
    opened, outputs = open_environment(options.environment, options.folder, say)
    out = Out.of(outputs)
    if options.status:
        return Released(Course(out.canary.image_tag if out.canary else "", out))
    session = boto3.Session(region_name=outputs["aws_region"])
    give = partial(credentials, session, options.load_role) if options.load_role else dict[str, str]
    # So that a role that cannot be taken is told before the first step, and not at the first bake.
    give()
    bake = Baking(session, options.bake_minutes, say, options.poll_seconds)
    every = options.poll_seconds / _QUESTIONS_A_LOOK
    beside: list[Callable[[], Beside]] = [lambda: HealthProbe(options.url or outputs["url"], every)]
    if options.load is not None:
        beside.append(lambda: LoadCommand(options.load, opened.data / "ops-load.log", give))
    stands = Standing(session, say, options.poll_seconds)
    release = Release(opened, bake, say, stands, weights=options.weights, beside=beside)
    if options.abort:
        return Released(release.abort())
    out, against = beginning(opened, session, options.image_tag, say)
    if against:
        return Released(Course(options.image_tag, out, ExitStatus.REFUSED, against))
    # Whoever begins has just made a plan, which read everything.
    return Released(release.go(options.image_tag, state_is_fresh=against is not None))


def _weights(text: str) -> tuple[int, ...]:
    try:
        weights = tuple(int(one) for one in text.split(","))
    except ValueError:
        weights = ()
    if not weights or list(weights) != sorted(set(weights)) or weights[0] < 1 or weights[-1] > _MAX_WEIGHT:
        raise argparse.ArgumentTypeError(f"{text}: give rising percentages from 1 to 100, such as 10,50")
    return weights
