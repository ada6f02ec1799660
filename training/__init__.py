"""From raw data to catalogues and trained profilers."""
