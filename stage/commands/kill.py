"""`kill`: SIGKILL to a task's process, as a failing host would end it."""

import argparse

import psutil

from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, running
from stage.commands.tasks import address_of, require_task, service_of, short, task_id
from stage.errors import StageError
from stage.host.addresses import loopback_of


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(commands, "kill", "Kill a task's process, as a failing host would.")
    parser.add_argument("task", metavar="TASK", help="id of a running task, or how it begins")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Kill the one task that is meant."""
    with running(options.name) as stage:
        task = require_task(stage, options.task)
        process = process_of(stage, address_of(task))
        if process is None:
            raise StageError(f"task {short(task_id(task))} has no process any more: it has just ended")
        # psutil makes sure that the id is still this process's.
        process.kill()
    data = {"task": task_id(task), "service": service_of(task), "pid": process.pid}
    text = f"killed task {task_id(task)} of {service_of(task)} (pid {process.pid})"
    Output(options).document(data, text, text)


def process_of(stage: Running, eni_address: str) -> psutil.Process | None:
    """The process of a task: the stage's child that listens where the task's network interface is.

    Args:
        stage: Whose child it is.
        eni_address: The task's private IPv4 address; empty if it has none.
    """
    holder = stage.record.process()
    if holder is None or not eni_address:
        return None
    address = loopback_of(stage.access.block, eni_address)
    for child in holder.children():
        try:
            if child.environ().get("BIND_HOST") == address:
                return child
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            # It has just ended, and is not reaped yet.
            continue
    return None
