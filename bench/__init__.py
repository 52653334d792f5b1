"""Measurements, each beside its floor: the least that any program on this machine would have to do, in the same run."""
