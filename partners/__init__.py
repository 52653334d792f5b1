"""Who: firms, people and what is known about them."""
