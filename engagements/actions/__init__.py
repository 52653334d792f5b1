"""Everything that can happen to a job, a work order and an offer."""
