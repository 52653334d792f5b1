"""Pages about money, and the door through which people approve work."""
