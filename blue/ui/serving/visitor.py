"""Who is being served."""

from gradio.context import LocalContext


def visitor() -> str:
    """The session that the running action belongs to; "" outside of any."""
    request = LocalContext.request.get(None)
    return getattr(request, "session_hash", None) or ""
