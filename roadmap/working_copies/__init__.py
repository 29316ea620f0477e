"""Working copies, read and written many at once. The admin decides who may, asks, and tells what became of it.

`to_content` and `from_content` are the way between working copies and Contents, for whoever publishes, puts back or
imports.
"""
