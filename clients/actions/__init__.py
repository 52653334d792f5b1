"""Everything that can happen to a client, its sites and contacts, and to an import."""
