"""A layout as SVG."""
