"""``python -m quality`` is the command ``quality``."""

from quality.cli import main

main()
