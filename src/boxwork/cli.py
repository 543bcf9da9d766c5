"""The command ``boxwork``: what happens before and after any of its verbs."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130  # what shells give for Ctrl-C
NO_READER = 141  # and for a pipe that nobody reads any more


def main() -> None:
    """Run the command line; never a traceback for what the user wrote or did."""
    try:
        if sys.argv[1:] in (["--version"], ["-V"]):  # answered before anything is imported
            from boxwork import __version__

            sys.stdout.write(f"boxwork {__version__}\n")
        else:
            _tolerant()
            from boxwork.commands import app

            app(prog_name="boxwork")
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go; Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NO_READER)


def _tolerant() -> None:
    """A terminal that lacks a letter shows another in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
