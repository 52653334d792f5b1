"""What was promised: agreements and what they cover."""
