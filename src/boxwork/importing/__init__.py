"""From a Hugging Face config.json to a short spec, or to what stands in the way."""
