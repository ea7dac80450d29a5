"""`python -m email_sender.redrive`: the same as `python -m email_sender redrive`."""

import sys

from email_sender.redrive.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
