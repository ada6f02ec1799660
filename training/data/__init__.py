"""Research data -> one schema: items, and each user's interactions oldest first."""
