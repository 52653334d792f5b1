"""The kernel: what every app needs and what knows none of them."""
