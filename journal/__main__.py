"""``python -m journal``: the journal's commands without the analyst's."""

import sys

from journal.cli import main

sys.exit(main())
