"""The verdict on releases: that a good version comes out unnoticed, and a bad one is taken back in time."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from verify.record import Request, ScenarioRecord
from verify.released import CanarySample, DriftCheck, Released
from verify.verdict.always import ALWAYS, Rule
from verify.verdict.check import Basis, Check, judged
from verify.verdict.requests import failures_told
from verify.verdict.tasks import desired_explained
from verify.verdict.traffic import statuses_documented as documented
from verify.verdict.traffic import turns_kept

# By the rule of three, none failed of so many says that fewer than 3 in 10,000 do.
MIN_GOOD_REQUESTS = 10_000
# A share may differ from its weight by chance: five standard deviations are one in a million.
_DEVIATIONS = 5.0
# Of requests, in a stretch of one weight; fewer say nothing about a share.
_MIN_SHARED = 200
# Real seconds until the load balancer heeds a weight that it was given, on the reference machine; on AWS it
# takes moments, too.
_HEEDED_SECONDS = 3.0


@dataclass(frozen=True)
class _Stretch:
    """Time in which the canary had one weight.

    Attributes:
        began_at: Real instant of the first sample that says so.
        ended_at: Real instant at which the last one that says so was asked for.
        weight: Percentage.
        addresses: Where its tasks listen.
    """

    began_at: float
    ended_at: float
    weight: int
    addresses: frozenset[str]


def releases_ended_as_wanted(record: ScenarioRecord) -> Check:
    """A good version is out, a bad one is not and its fault is named, and nothing is left of either."""
    return judged(
        "releases_ended_as_wanted",
        "a good version is out and nothing beside it; a bad one is taken back, and a sentence says what for",
        "; ".join(map(_told, record.releases)) or "no release",
        [problem for release in record.releases for problem in _wrong(record, release)] or _none(record),
        basis=Basis.DECISIONS,
    )


def good_release_fails_nothing(record: ScenarioRecord) -> Check:
    """Of all requests while a good version comes out, none fails."""
    during = [
        request
        for release in record.releases
        if not release.fault
        for request in _within(record, release.began_at, release.ended_at)
    ]
    failed = [request for request in during if not request.accepted]
    told = failures_told(record, failed)
    few = [] if len(during) >= MIN_GOOD_REQUESTS else [f"only {len(during)} requests were made"]
    return judged(
        "good_release_fails_nothing",
        f"a good version comes out under at least {MIN_GOOD_REQUESTS} requests, of which none fails",
        f"{len(failed)} of {len(during)} failed",
        **{**told, "problems": [*told["problems"], *few]},
    )


def bad_releases_hurt_few(record: ScenarioRecord) -> Check:
    """A bad version hurts at most its share of the requests, and none while it has no share."""
    bad = [release for release in record.releases if release.fault]
    figures, problems = [], []
    for release in bad:
        during = _within(record, release.began_at, release.ended_at)
        failed = [request for request in during if not request.accepted]
        stretches = [one for one in _stretches(record, release) if one.weight > 0]
        heeded = _heeded_seconds(record)
        beyond = [
            request
            for request in failed
            if not any(
                request.open_between(one.began_at - heeded, one.ended_at + heeded) for one in stretches
            )
        ]
        shares = [
            one.weight / 100 * len(_within(record, one.began_at, one.ended_at + heeded)) for one in stretches
        ]
        share = sum(shares)
        most = share + _DEVIATIONS * math.sqrt(share)
        figures.append(f"{release.tag}: {len(failed)} of {len(during)}, its share was {share:.0f}")
        if len(failed) > most:
            problems.append(
                f"{release.tag}, which {release.fault}, failed {len(failed)}, more than its share"
            )
        if beyond:
            told = "; ".join(failures_told(record, beyond)["problems"]) or f"{len(beyond)} without an answer"
            problems.append(f"{release.tag}, which {release.fault}: while it had no share, {told}")
    return judged(
        "bad_releases_hurt_few",
        "requests fail only while a bad version has a share of them, and no more than that share",
        "; ".join(figures) or "no bad version",
        problems,
    )


def canary_gets_its_share(record: ScenarioRecord) -> Check:
    """The canary's tasks get the percentage of the requests that the listener gives it."""
    handled = record.handled
    expectation = "the canary's tasks get the percentage of the requests that it is given"
    if handled is None:
        return Check("canary_gets_its_share", "pass", "nobody can see it here", expectation)
    figures, problems = [], []
    for release in record.releases:
        for one in _stretches(record, release):
            meanwhile = [
                call for call in handled if one.began_at + _heeded_seconds(record) <= call.at <= one.ended_at
            ]
            got = sum(call.task_arn in one.addresses for call in meanwhile)
            share = one.weight / 100
            if one.addresses and len(meanwhile) >= _MIN_SHARED:
                figures.append(f"{release.tag} at {one.weight} %: {got} of {len(meanwhile)}")
                scatter = _DEVIATIONS * math.sqrt(len(meanwhile) * share * (1 - share))
                if abs(got - share * len(meanwhile)) > scatter + 1:
                    problems.append(f"{release.tag} got {got} of {len(meanwhile)} at {one.weight} %")
    good = [release for release in record.releases if not release.fault]
    if good and not any(" 0 %" not in figure for figure in figures):
        problems.append("no candidate had a share for long enough")
    return judged("canary_gets_its_share", expectation, "; ".join(figures) or "none seen", problems)


def killed_at_each_step(record: ScenarioRecord) -> Check:
    """The command was killed where it was to be: else nothing shows that it goes on from there."""
    killed = [kill for release in record.releases for kill in release.killed]
    wanted = [kill for release in record.releases for kill in release.wanted_kills]
    missing = [
        f"{release.tag} never at: {kill}"
        for release in record.releases
        for kill in (Counter(release.wanted_kills) - Counter(release.killed)).elements()
    ]
    return judged(
        "killed_at_each_step",
        "the command is killed at each of its steps, and within applies",
        f"killed {len(killed)} times",
        missing if wanted else ["nowhere"],
        basis=Basis.DECISIONS,
    )


def nothing_drifted(record: ScenarioRecord) -> Check:
    """Leave what is declared: a plan shows no change after releases, and nothing is there besides."""
    differs = [found for look in record.drift for found in look.differs]
    # While an environment is applied to, looking three times in vain is an answer, too (docs/drift.md).
    untold = record.drift[-1].untold if record.drift else ["nobody looked"]
    return judged(
        "nothing_drifted",
        "a plan shows no change after the releases, and nothing is left that nobody declares",
        f"{len(differs)} differ",
        [*differs, *untold],
        basis=Basis.CONFIGURATION,
    )


def drift_looked_for_meanwhile(record: ScenarioRecord) -> Check:
    """Enough looks for drift were made while releases and scaling went on, and could tell."""
    clean = [look for look in record.drift if look.is_clean]
    releasing = [
        look
        for look in clean
        if any(
            release.began_at <= look.began_at and look.ended_at <= release.ended_at
            for release in record.releases
        )
    ]
    scaling = [look for look in clean if _scaled_in(record, look)]
    wanted = record.wanted_drift_checks
    return judged(
        "drift_looked_for_meanwhile",
        f"at least {wanted} looks find the system as declared, some within releases, some while it scales",
        f"{len(clean)} of {len(record.drift)} looks, {len(releasing)} within releases,"
        f" {len(scaling)} while it scaled",
        [
            f"only {len(found)} {when}"
            for when, found, fewest in (
                ("were clean", clean, wanted),
                ("within releases", releasing, 1),
                ("while it scaled", scaling, 1),
            )
            if len(found) < fewest
        ],
        basis=Basis.CONFIGURATION,
    )


def _scaled_in(record: ScenarioRecord, look: DriftCheck) -> bool:
    """Whether a service had another count of tasks at the end of a look than at its beginning."""
    counts = [
        {
            (sample.desired, sample.running)
            for sample in service.samples
            if look.began_at <= sample.at <= look.ended_at
        }
        for service in record.timeline.services
    ]
    return any(len(found) > 1 for found in counts)


def statuses_documented(record: ScenarioRecord) -> Check:
    """The API answers as it documents, but for a bad version while it is out."""
    bad = [release for release in record.releases if release.fault]
    good = [
        request
        for request in record.requests
        if not any(request.open_between(release.began_at, release.ended_at) for release in bad)
    ]
    return documented(replace(record, requests=good))


_ALWAYS: Sequence[Rule] = (
    releases_ended_as_wanted,
    canary_gets_its_share,
    nothing_drifted,
    turns_kept,
    desired_explained,
    *(statuses_documented if rule is documented else rule for rule in ALWAYS),
)

GOOD_RELEASED: Sequence[Rule] = (good_release_fails_nothing, *_ALWAYS)
"""Checks of a scenario with a good version."""

BAD_RELEASED: Sequence[Rule] = (bad_releases_hurt_few, *_ALWAYS)
"""Checks of a scenario with bad versions."""

RELEASED: Sequence[Rule] = (good_release_fails_nothing, bad_releases_hurt_few, *_ALWAYS)
"""Checks of a scenario with both."""


def _wrong(record: ScenarioRecord, release: Released) -> Iterator[str]:
    """Problems with the end of a release."""
    name = f"{release.tag}, which {release.fault}," if release.fault else f"{release.tag}, a good version,"
    reasons = "; ".join(release.reasons) or "no reason given"
    if release.status not in release.wanted_statuses:
        wanted = " or ".join(map(str, release.wanted_statuses))
        yield f"{name} ended with status {release.status} and not {wanted}: {reasons}"
    elif release.wanted_reason and not any(word in reasons for word in release.wanted_reason):
        yield f"{name} was taken back for something else: {reasons}"
    if (release.stable == release.tag) != (not release.fault):
        yield f"{name} left {release.stable} out"
    after = [sample for sample in record.canary if sample.asked_at >= release.ended_at]
    if release.canary or (after and (after[0].weight or after[0].tasks)):
        yield f"{name} left a candidate out"


def _none(record: ScenarioRecord) -> Sequence[str]:
    return [] if record.releases else ["no version was released"]


def _told(release: Released) -> str:
    killed = f", killed {len(release.killed)} times" if release.killed else ""
    if not release.fault:
        return f"{release.tag} out{killed}" if release.status == 0 else f"{release.tag} not out{killed}"
    return f"{release.tag} ({release.fault}) taken back{killed}: {'; '.join(release.reasons)}"


def _within(record: ScenarioRecord, began_at: float, ended_at: float) -> Sequence[Request]:
    return [request for request in record.requests if request.open_between(began_at, ended_at)]


def _heeded_seconds(record: ScenarioRecord) -> float:
    return _HEEDED_SECONDS * record.slowness


def _stretches(record: ScenarioRecord, release: Released) -> Sequence[_Stretch]:
    """Stretches of one weight each, as far as samples tell.

    Between two samples a weight changed at an instant that nobody saw, which belongs to neither.
    """
    during = [one for one in record.canary if release.began_at <= one.asked_at <= release.ended_at]
    return [_stretch(list(run)) for _, run in groupby(during, key=attrgetter("weight"))]


def _stretch(run: Sequence[CanarySample]) -> _Stretch:
    addresses = frozenset(address for sample in run for address in sample.addresses)
    return _Stretch(run[0].at, run[-1].asked_at, run[0].weight, addresses)
