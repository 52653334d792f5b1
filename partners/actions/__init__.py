"""Everything that can happen to firms, their people and what is known about them."""
