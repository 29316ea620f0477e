"""Drafts, in the very pages that readers will see: for staff, and for whoever holds a link."""
