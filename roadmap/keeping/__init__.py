"""The whole site in one file and back, what nobody needs any more, and who may change the tables at a time.

See docs/decisions/0033-a-backup-is-rows.md.
"""
