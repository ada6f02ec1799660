"""Personalized questions, answered from a profile: right rather than fluent."""

from blue.answering.answerer import Answerer

__all__ = ["Answerer"]
