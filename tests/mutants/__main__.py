"""Plants faults: `python -m tests.mutants load ...` in what is driven, anything else in the HCL alone."""

import sys

from tests.load.mutants import __main__ as load
from tests.plan.mutants import __main__ as plan


def main(arguments):
    """Run what the first argument names; returns its exit status."""
    if arguments[:1] == ["load"]:
        return load.main(arguments[1:])
    return plan.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
