"""Names by which people allow what is dangerous, on the command line or by a label on a pull request."""

import argparse
import hashlib
import os
import re
from collections.abc import Iterable

VARIABLE = "PLAN_CHECK_ALLOW"
_LABEL = "allow:"
# GitHub takes no longer name for a label.
_MAX_LABEL = 50
_DIGITS = 12
# Commas within the quotes of a resource's key belong to its address.
_ITEM = re.compile(r'(?:[^,"]|"[^"]*"?)+')


def short_name(address: str) -> str:
    """A name for an address that is too long for a label: digits of its digest."""
    return hashlib.sha256(address.encode()).hexdigest()[:_DIGITS]


def label(address: str) -> str:
    """The label that allows what is found at an address."""
    whole = f"{_LABEL} {address}"
    return whole if len(whole) <= _MAX_LABEL and "," not in address else f"{_LABEL} {short_name(address)}"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare `--allow`."""
    parser.add_argument(
        "--allow",
        metavar="ADDRESS",
        action="append",
        default=[],
        help=f"address at which everything is allowed; {VARIABLE} has more, with commas between",
    )


def given(options: argparse.Namespace, labels: Iterable[str] = ()) -> list[str]:
    """Addresses and short names that somebody allows.

    Args:
        options: The command line.
        labels: Labels of a pull request, of which most say something else.
    """
    allowed = (name for name in labels if name.startswith(_LABEL))
    return read_allowances([*options.allow, os.environ.get(VARIABLE, ""), *allowed])


def read_allowances(texts: Iterable[str]) -> list[str]:
    """Addresses and short names, each once.

    Args:
        texts: Any number of them in each, with commas between; "allow: " may stand in front.
    """
    items = (item.strip() for text in texts for item in _ITEM.findall(text))
    names = (item.removeprefix(_LABEL).strip() for item in items)
    return list(dict.fromkeys(name for name in names if name))


def allows(allowances: Iterable[str], address: str) -> bool:
    """Whether one of them is for an address."""
    return any(one in (address, short_name(address)) for one in allowances)
