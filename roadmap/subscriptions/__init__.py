"""Telling people by email: who asked for what, what a mail says, and how it gets to them. On the readers' side."""
