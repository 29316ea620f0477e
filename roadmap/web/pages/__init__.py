"""The pages that people read, in HTML."""
