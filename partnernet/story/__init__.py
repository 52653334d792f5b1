"""The story that the product must be able to replay: February 2007, 27 days before the deadline.

Everything happens through the same actions that people use, each at its own moment. Firms, people and clients are
invented.
"""
