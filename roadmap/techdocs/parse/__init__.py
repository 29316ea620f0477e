"""What a source means: from its text to items, releases, pages and entries. Pure."""
