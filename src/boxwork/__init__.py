"""Neural architectures drawn as boxes: one YAML file, checked, run and drawn."""
