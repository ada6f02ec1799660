"""BLUE: textual user profiles that retrieve (arXiv 2605.06981)."""
