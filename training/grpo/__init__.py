"""GRPO: the profiler trained by its rewards."""
