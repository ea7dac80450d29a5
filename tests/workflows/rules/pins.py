"""Which code of others runs: exactly that which was read."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tests.workflows.declared import Workflows

_USES = re.compile(r"^\s*(?:- )?uses:\s*(\S+)[ \t]*(.*)$", re.MULTILINE)
_PINNED = re.compile(r"([\w.-]+/[\w.-]+)@([0-9a-f]{40})")
_VERSION = re.compile(r"# (v\d+\.\d+\.\d+)")


def pinned(workflows: Workflows) -> Iterator[str]:
    """An action of others is named by its commit, its version beside it, and has one version in all files.

    A tag can be moved to other code: https://docs.github.com/en/actions/reference/security/secure-use
    """
    versions: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for file, text in workflows.texts.items():
        for used, comment in _USES.findall(text):
            if used.startswith("./"):
                continue
            pin, version = _PINNED.fullmatch(used), _VERSION.fullmatch(comment.strip())
            if pin is None:
                yield f"{file}: {used} is not pinned by the 40 digits of a commit"
            elif version is None:
                yield f"{file}: {used} lacks its version as a comment, such as # v1.2.3"
            else:
                versions[pin[1]].add((pin[2], version[1]))
    for action, found in versions.items():
        if len(found) > 1:
            yield f"{action} has more than one version: {', '.join(sorted(version for _, version in found))}"
