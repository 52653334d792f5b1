"""Everything that can happen to a template, an agreement or a protection."""
