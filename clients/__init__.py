"""For whom: the clients of a firm."""
