"""The YAML language: source, schema, variants, interpretation, diagnostics, shipped specs."""
