"""Where what ships with the project lies: the catalogue and its embeddings, the adapter, the page's looks.

In a checkout and on a Space that is the folder assets/ beside this package; a wheel carries it inside.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "assets"
ASSETS = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "assets"
