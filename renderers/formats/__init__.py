"""Every other way out of a layout: DOT, Graphviz, Mermaid, PNG and PDF."""
