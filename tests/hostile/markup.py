"""What a browser would make of a piece of HTML: its tags with their attributes, and what is written in it."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.values: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        values = {name: value or "" for name, value in attrs}
        leads_out = tag == "a" and values.get("href", "").startswith("https://")
        if leads_out and values.get("rel") == "noopener":
            del values["href"]  # it is opened when somebody follows it, and hands nothing over
        self.values += values.items()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))


def read(html: str) -> _Reader:
    """Parse it as a browser does."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def skeleton(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Its tags and the names of their attributes, in order: what no text from outside may change."""
    return read(html).tags


def dangerous(html: str) -> list[str]:
    """What could run or fetch: handlers, scripts, frames, addresses that are not of this page."""
    reader = read(html)
    found = [tag for tag, _ in reader.tags if tag in {"script", "iframe", "object", "embed", "link", "meta",
             "base", "form", "img", "style", "comment"}]  # fmt: skip
    found += [f"{name}={value}" for name, value in reader.values if name.startswith("on") or name == "srcdoc"]
    found += [
        f"{name}={value}"
        for name, value in reader.values
        if name in {"href", "src", "action", "xlink:href"} and not value.startswith("#")
    ]
    return found
