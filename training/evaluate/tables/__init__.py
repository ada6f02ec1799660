"""One module a table of the evaluation, and what they share: rows, intervals, files."""
