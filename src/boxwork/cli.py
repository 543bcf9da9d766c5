"""The command ``boxwork``: what happens before and after any of its verbs."""

from __future__ import annotations

import sys

from boxwork.streams import INTERRUPTED, NO_READER, WRONG, prepare, silence


def main() -> None:
    """Run the command line; never a traceback for what the user wrote or did."""
    prepare()
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        silence()
        sys.exit(NO_READER)
    except OSError as error:
        silence()
        sys.stderr.write(f"error[BW509]: cannot write the output: {error.strerror}\n")
        sys.exit(WRONG)


def _run() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered before anything is imported
        from boxwork import __version__

        sys.stdout.write(f"boxwork {__version__}\n")
        return
    from boxwork.commands import app

    app(prog_name="boxwork")
