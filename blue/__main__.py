"""`python -m blue`: see `blue.cli.commands`."""

import sys

from blue.cli import main

if __name__ == "__main__":
    sys.exit(main())
