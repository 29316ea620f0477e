"""Searching what is published: an index of each Edition, kept in memory beside it. Asks the database nothing.

`words` says what counts as the same word, `documents` what of a roadmap can be found, `index` finds it, and `found`
asks the indexes of all roadmaps together. See docs/decisions/0025-a-search-index-in-memory.md.
"""
