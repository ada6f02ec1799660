"""What readers prefer among drafts: drawn, marked, and learned."""
