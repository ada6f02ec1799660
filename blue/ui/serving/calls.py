"""What a call of the page or of an endpoint must look like, checked before Gradio sees it.

Gradio answers a call of the wrong shape with a bare 500 and a traceback in the log, which may hold what the
caller sent. Here it is refused with a sentence instead.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from blue.errors import BlueError

LONGEST_NAME = 128  # of sessions and events: Gradio's own have 11 and 32 characters
_NAME = Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[\w.:-]+$")


class BadCall(BlueError):
    """A call that cannot be served; `status` is its HTTP status."""

    def __init__(self, message: str, status: Literal[400, 404, 413, 422] = 400) -> None:
        super().__init__(message)
        self.status = status


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Join(_Strict):
    """A call through the queue, as the page and gradio_client make it."""

    data: list[JsonValue]
    session_hash: str = _NAME
    fn_index: int
    event_data: JsonValue = None
    trigger_id: int | None = None
    batched: Literal[False] | None = False


class _Simple(_Strict):
    """A call of a named endpoint with its arguments in their order."""

    data: list[JsonValue]
    session_hash: str | None = Field(None, max_length=LONGEST_NAME, pattern=r"^[\w.:-]+$")


class _ComponentServer(_Strict):
    """A question of a component to its own server function: the search for titles, the map's points."""

    data: JsonValue = None
    component_id: int
    session_hash: str = _NAME
    fn_name: str = _NAME


class _Cancel(_Strict):
    session_hash: str = _NAME
    fn_index: int
    event_id: str = _NAME


class _Reset(_Strict):
    event_id: str = _NAME


_FIELDS = {
    name for shape in (_Join, _Simple, _ComponentServer, _Cancel, _Reset) for name in shape.model_fields
}
_NAMED: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_PATH = re.compile(
    r"^/gradio_api/(?P<kind>queue/join|call/v2|call|component_server|cancel|reset)(?P<rest>/.*)?$"
)


class Calls:
    """Checks calls against the page that they are made to."""

    def __init__(self, page: gr.Blocks) -> None:
        self._page = page

    def check(self, path: str, body: bytes) -> str | None:
        """The session that a POST is made for, None if it names none.

        Raises:
            BadCall: it cannot be served; the message says why, without repeating what was sent.
        """
        matched = _PATH.match(path)
        if matched is None:
            return None
        name = (matched["rest"] or "").strip("/")
        match matched["kind"]:
            case "queue/join":
                call = _read(_Join, body)
                self._check_arguments(self._function(call.fn_index), call.data)
                return call.session_hash
            case "call":
                simple = _read(_Simple, body)
                self._check_arguments(self._endpoint(name), simple.data)
                return simple.session_hash
            case "call/v2":
                self._check_named(self._endpoint(name), _parsed(_NAMED.validate_json, body))
                return None
            case "component_server":
                asked = _read(_ComponentServer, body)
                if asked.component_id not in self._page.blocks:
                    raise BadCall("There is no such component on this page. Load the page again.", 404)
                return asked.session_hash
            case "cancel":
                return _read(_Cancel, body).session_hash
            case _:
                _read(_Reset, body)
                return None

    def _function(self, index: int) -> BlockFunction:
        if index not in self._page.fns:
            raise BadCall("There is no such action on this page. Load the page again.", 404)
        return self._page.fns[index]

    def _endpoint(self, name: str) -> BlockFunction:
        public = {fn.api_name: fn for fn in self._page.fns.values() if fn.api_visibility == "public"}
        if name not in public:
            raise BadCall(f"There is no such endpoint. There are: {', '.join(map(str, public))}.", 404)
        return public[name]

    def _check_arguments(self, fn: BlockFunction, data: list[JsonValue]) -> None:
        inputs = fn.inputs
        if len(data) != len(inputs):
            inputs = [block for block in inputs if not block.skip_api]  # gradio fills these in itself
        if len(data) != len(inputs) and not fn.cancels:
            raise BadCall(f"This takes {len(inputs)} values, not {len(data)}.", 422)
        for place, block, value in zip(_places(fn, inputs), inputs, data, strict=False):
            if value is not None:
                _check_value(block, value, place)

    def _check_named(self, fn: BlockFunction, given: Mapping[str, JsonValue]) -> None:
        names = list(inspect.signature(fn.fn).parameters)  # of an endpoint: it has a function
        unknown = [name for name in given if name not in names]
        if unknown:
            raise BadCall(f"{len(unknown)} of the names are unknown. There are: {', '.join(names)}.", 422)
        missing = [name for name in _required(fn.fn) if name not in given]
        if missing:
            raise BadCall(f"{' and '.join(missing)} must be given.", 422)
        for name, block in zip(names, fn.inputs, strict=False):
            if name in given:
                _check_value(block, given[name], name)


def _places(fn: BlockFunction, inputs: Sequence[Any]) -> list[str]:
    """What the values of a call are named: an endpoint's by its parameters, those of the page by number."""
    if fn.fn is not None and inputs and all(isinstance(block, Api) for block in inputs):
        return list(inspect.signature(fn.fn).parameters)
    return [f"value {number}" for number in range(1, len(inputs) + 1)]


def _required(fn: Callable | None) -> list[str]:
    parameters = inspect.signature(fn).parameters if fn else {}
    return [name for name, one in parameters.items() if one.default is inspect.Parameter.empty]


def _check_value(block: Any, value: JsonValue, place: str) -> None:
    if any(":" in path or path.startswith("//") for path in _paths(value)):  # gradio would fetch it
        raise BadCall("A file must be uploaded first; nothing is fetched from an address.", 400)
    if not isinstance(block, _CHECKED):
        return
    wanted = block.api_info()
    types, said = _TYPES.get(wanted.get("type"), ((), ""))
    if types and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        raise BadCall(f"{place} must be {said}.", 422)
    if value not in (choices := wanted.get("enum") or [value]):
        raise BadCall(f"{place} must be one of {', '.join(map(str, choices))}.", 422)


_CHECKED = (
    gr.Textbox,
    gr.Checkbox,
    gr.Slider,
    Api,
)  # whose values are what their type says
_TYPES = {
    "string": ((str,), "text"),
    "number": ((int, float), "a number"),
    "integer": ((int,), "a whole number"),
    "boolean": ((bool,), "true or false"),
    "array": ((list,), "a list"),
}


def _paths(value: JsonValue) -> list[str]:
    """The path of every file that a value names, however deep."""
    if isinstance(value, dict):
        own = [value["path"]] if isinstance(value.get("path"), str) else []
        return own + [path for one in value.values() for path in _paths(one)]
    if isinstance(value, list):
        return [path for one in value for path in _paths(one)]
    return []


def _read(shape: type[BaseModel], body: bytes) -> Any:
    return _parsed(shape.model_validate_json, body)


def _parsed(parse: Callable[[bytes], Any], body: bytes) -> Any:
    try:
        return parse(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"][:1])  # deeper parts are the caller's own words
        where = f" at '{place}'" if place in _FIELDS else ""
        raise BadCall(f"This call cannot be read{where}: {first['type'].replace('_', ' ')}.", 422) from error
