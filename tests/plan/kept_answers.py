"""Answers of Terraform that all workers share, each made by the first that asks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tftest
from filelock import FileLock

from common.shared_files import write_whole


class KeptAnswers:
    """Answers in files, each behind a lock of its own, so that two workers can work on two at a time.

    Args:
        folder: Takes the files; all workers name the same.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Make an answer or take the one that was made; a failure is kept too, to be told to every test."""
        if name not in self._read:
            self._read[name] = self._made(self._folder / f"{name}.json", make)
        answer = self._read[name]
        if "refused" in answer:
            pytest.fail(f"terraform refuses {name}:\n{answer['refused']}", pytrace=False)
        return answer["answer"]

    @staticmethod
    def _made(kept: Path, make: Callable[[], Any]) -> Any:
        with FileLock(kept.with_suffix(".lock")):
            if not kept.exists():
                try:
                    answer = {"answer": make()}
                except tftest.TerraformTestError as error:
                    answer = {"refused": str(error.cmd_error or error.args[0])}
                # Also whole if this worker is ended meanwhile, for over running its time say.
                write_whole(kept, json.dumps(answer))
        return json.loads(kept.read_text())
