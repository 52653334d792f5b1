"""What people type about work, read into values."""
