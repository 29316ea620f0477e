"""Readers' answers, held by a process as the bytes that are sent: giving one asks no thread, no query and no Django.

`application` stands before Django in an ASGI server. What it does not hold it has Django make, once for all who ask,
and holds it for as long as it is right: see docs/decisions/0022-readers-answers-are-held-as-bytes.md.
"""
