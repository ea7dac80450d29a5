"""What a stage is brought up with when nothing is said."""

import re

from stage.settings import SMALL_TASKS, StageSettings


def test_staging_is_rehearsed_with_tasks_for_a_machine():
    """A quarter of a vCPU a task, whatever a proxy beside it would need on AWS, and short mails."""
    assert SMALL_TASKS == StageSettings().var_files[-1]
    assert {"notification_api": ("256", "512"), "email_sender": ("256", "512")} == {
        name: (cpu, memory)
        for name, cpu, memory in re.findall(
            r"^(\w+) += { cpu = (\d+), memory = (\d+)(?:, send_timeout = 10)? }$",
            SMALL_TASKS.read_text(),
            re.MULTILINE,
        )
    }


def test_a_service_gets_longer_to_become_steady_where_minutes_are_longer():
    """A first deployment is under way for as long as its alarms are evaluated, in minutes of AWS."""
    settings = StageSettings()

    assert settings.steady_within(60.0) - settings.steady_within(2.0) >= 10 * 58.0
    assert 3.0 == StageSettings(steady_seconds=3.0).steady_within(60.0)
