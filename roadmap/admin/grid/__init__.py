"""Many items of one roadmap edited as a table, in a page, by pasting, and in a spreadsheet."""
