"""The page of items: the same selection as a list by stage, as a table and as a timeline."""
