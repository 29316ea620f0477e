"""Drafts, in the very pages that readers will see: for staff, and for whoever holds a link.

A preview is what the public pages show, made from the working copies or from an Edition that waits for its time, at
an address of its own. The public pages know nothing of it: they are given what to show, and a banner to put above it.
"""
