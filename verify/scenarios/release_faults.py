"""Versions with one fault each, of the kinds that a release has to find, one after the other."""

from verify.release_course import Settings, run
from verify.releasing import found_at_start, found_in_bake
from verify.scenario import Scenario
from verify.verdict.releases import BAD_RELEASED
from verify.versions import CRASHES, LEAKS, OTHER_TYPE, SENDER_CRASHES, SLOW, UNHEALTHY

VERSIONS = (
    found_in_bake("1.3.0", SLOW, "is slower"),
    found_in_bake("1.4.0", LEAKS, "fails more requests", "no healthy task", "alarm"),
    found_in_bake("1.5.0", OTHER_TYPE, "answered with 200 application/json"),
    found_at_start("1.6.0", CRASHES, "notification-api-canary: its deployment FAILED"),
    found_at_start("1.7.0", UNHEALTHY, "notification-api-canary: its deployment FAILED"),
    found_at_start("1.8.0", SENDER_CRASHES, "email-sender-canary: its deployment FAILED"),
)

SCENARIO = Scenario(
    title="Releases with faults",
    sentence="A version that is slow, leaks, crashes, never gets healthy or answers its health check wrongly"
    " is taken back for just that, and hurts no more than its share of the requests.",
    settings=Settings(VERSIONS, weights=(25,)),
    run=run,
    stage_only=True,
    checks=BAD_RELEASED,
    may_go_off=(
        "notification-api-canary-error-rate",
        "notification-api-canary-unhealthy",
        "notification-api-canary-p99-latency",
        "notification-api-p99-latency",
        "error-rate",
        "notification-api-error-rate",
        "user-impact",
    ),
    default=False,
    budget_minutes=15.0,
)
