"""Pages about agreements, signing, and protected clients."""
