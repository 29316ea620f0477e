"""The form that an exported roadmap has as Markdown of the tech-docs template: `exporting` writes it, `importing` reads
it back. Pure.

Readers of the Markdown see words, tables and headings. What those cannot hold stands beside them in marks, which are
HTML comments: see docs/decisions/0012-exported-markdown-carries-marks.md. A mark holds only while the text beside it is
what the export made of it: where somebody has changed the text since, the text is right.
"""
