"""What both engines share: chat messages that cannot smuggle control tokens, and a fair turn."""

import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from blue.datatypes import Message, SamplingSettings
from blue.errors import GenerationError

CONTROL_TOKEN = re.compile(r"<[^<>\s]+>")


def control_tokens(vocabulary: Iterable[str]) -> frozenset[str]:
    """The tokens of a vocabulary that mean something to the template, such as `<|im_end|>`."""
    return frozenset(token for token in vocabulary if CONTROL_TOKEN.fullmatch(token))


def neutralise(messages: Sequence[Message], tokens: frozenset[str]) -> list[Message]:
    """The same messages, whose contents can't open or close a turn: `<|im_end|>` becomes `< |im_end|>`."""

    def broken(match: re.Match) -> str:
        return "< " + match[0][1:] if match[0] in tokens else match[0]

    return [message | {"content": CONTROL_TOKEN.sub(broken, message["content"])} for message in messages]


class FairLock:
    """A lock that serves waiting threads in the order they came; threading.Lock promises no order."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[object] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn; the turn ends with the block, whatever happens in it."""
        ticket = object()
        with self._changed:
            self._line.append(ticket)
            self._changed.wait_for(lambda: self._line[0] is ticket)
        try:
            yield
        finally:
            with self._changed:
                self._line.popleft()
                self._changed.notify_all()


def require_room(prompt_tokens: int, settings: SamplingSettings, context_tokens: int) -> None:
    """Raise GenerationError if a prompt and its continuation do not fit the model's context."""
    room = context_tokens - settings.max_new_tokens
    if prompt_tokens > room:
        raise GenerationError(
            f"The prompt has {prompt_tokens} tokens or more; this model has room for {room}. "
            "Use a shorter history."
        )


def require_sampling(settings: SamplingSettings) -> None:
    """Raise GenerationError if several samples are asked for that could only be equal."""
    if settings.temperature <= 0:
        raise GenerationError("Several samples need a temperature above 0: greedy texts are all equal.")
