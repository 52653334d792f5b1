"""The work: jobs, work orders, offers and visits."""
