"""Realistic rows in bulk, for measuring: firms in pairs, and their work of three years.

The one place that writes past the actions: a hundred thousand orders step by step would take hours. Agreements, whose
chains and signatures no bulk insert could make, are made by the actions.
"""
