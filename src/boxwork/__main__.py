"""``python -m boxwork`` is the command ``boxwork``."""

from boxwork.cli import main

if __name__ == "__main__":
    main()
