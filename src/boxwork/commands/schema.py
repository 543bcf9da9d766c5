"""``boxwork schema``: the language for editors."""

from __future__ import annotations

from boxwork.commands.guard import print_json


def schema() -> None:
    """Print the JSON Schema of specs, for editors.

    It is made from the blocks that are installed, those of other packages included.

    Examples:
        boxwork schema > schema.json
    """
    from boxwork.specs.json_schema import schema as made

    print_json(made())
