"""From a spec to a checked graph: names, wires, widths, templates, ties."""
