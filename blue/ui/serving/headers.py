"""The headers that every answer carries: what a browser may do with this page, and who may frame it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SPACE_FRAMES = "https://huggingface.co https://*.huggingface.co https://*.hf.space"
# What Gradio's own page loads where it runs as a Space: the resizer of the frame it stands in.
_SPACE_SCRIPTS = "https://cdnjs.cloudflare.com"


def policy(on_a_space: bool) -> str:
    """The Content-Security-Policy of the page.

    Gradio builds its components from inline scripts and `new Function`: these cannot be forbidden. But what
    a script could do with its loot can be: nothing is sent to, or loaded from, anywhere but here.
    """
    frames, scripts = (f"'self' {_SPACE_FRAMES}", f" {_SPACE_SCRIPTS}") if on_a_space else ("'none'", "")
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:{scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frames}",
        )
    )


def security_headers(on_a_space: bool) -> dict[str, str]:
    """Name -> value of what is added to every answer."""
    added = {
        "Content-Security-Policy": policy(on_a_space),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if on_a_space:  # there the page stands in a frame of the Hub's
        return added
    return added | {"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"}


class SecurityHeaders:
    """Middleware that adds them to whatever is answered."""

    def __init__(self, app: ASGIApp, on_a_space: bool = False) -> None:
        self._app = app
        self._headers = security_headers(on_a_space)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request through the app, with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
