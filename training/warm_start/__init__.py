"""Supervised training of the profiler."""
