"""The parser of a command whose module says in its docstring what it does."""

import argparse


def parser_of(docstring: str) -> argparse.ArgumentParser:
    """A parser that shows the docstring as it is written."""
    return argparse.ArgumentParser(
        description=docstring, formatter_class=argparse.RawDescriptionHelpFormatter
    )
