import sys
from pathlib import Path

# This folder is sys.path[0] when it is run by its path; its modules must not shadow the standard library's.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from runtime.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
