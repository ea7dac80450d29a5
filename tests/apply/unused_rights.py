"""Rights of the roles that deploy and plan, held against what all rehearsals together have done.

`python -m tests.apply.unused_rights`, after all of tests/apply: what nothing used and no line of reasons.yaml
is for is told, and ends it with status 2.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from verify.__main__ import main as verify

_REPORT = Path("reports/apply")
_REASONS = Path(__file__).with_name("reasons.yaml")
_ENVIRONMENTS = ("staging", "production")


def main(chosen: Sequence[str]) -> int:
    """Judge, unless a part of the rehearsals was chosen; the exit status.

    Args:
        chosen: What pytest was given beside the folder: without all of them, much is used by nothing.
    """
    if chosen:
        sys.stderr.write(
            "rights are judged when nothing is chosen: a part of the rehearsals uses a part of them\n"
        )
        return 0
    records = [str(_REPORT / name / "rights.json") for name in ("production", "first_run")]
    return verify(
        [
            *("rights", "--decisions", *records),
            *("--role", "*-deploy", "*-plan"),
            *("--as-one", *_ENVIRONMENTS),
            *("--reasons", str(_REASONS)),
            *("--report", str(_REPORT / "rights"), "--brief"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
