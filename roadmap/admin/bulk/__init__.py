"""What is done to many items at once: each act in its pages, about the items that were ticked in their list."""
