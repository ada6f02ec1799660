"""How often somebody may do something: token buckets, one for each visitor.

A visitor is a page's session, and behind it an address. Sessions are invented by their callers, so each limit
has a wider twin for the address, which nobody chooses freely.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT_BUCKETS = 20_000  # of the visitors seen last; about 3 MB


@dataclass(frozen=True)
class Allowance:
    """So many at once, then so many a second."""

    burst: float
    rate: float  # per second


class Meter:
    """Token buckets of one allowance, one a key. Used from one thread, the server's event loop."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> (tokens, at)

    def wait(self, key: str) -> float:
        """Take one token: 0.0 if it was there, else the seconds until one will be (none is taken)."""
        now, allowed = self._clock(), self._allowance
        tokens, at = self._buckets.get(key, (allowed.burst, now))
        tokens = min(allowed.burst, tokens + max(0.0, now - at) * allowed.rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / allowed.rate
        self._buckets[key] = (tokens if wait else tokens - 1, now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > KEPT_BUCKETS:
            self._buckets.popitem(last=False)
        return wait


def seconds(wait: float) -> int:
    """A wait as it is told to a person: whole seconds, at least one."""
    return max(1, math.ceil(wait))


def address_of(peer: str, forwarded: str | None) -> str:
    """Where a request comes from: the connection's own address, or the one that the nearest proxy saw.

    `forwarded` is an X-Forwarded-For header, None where no proxy stands before the app. A caller can write
    what it likes at its front; what a proxy appends stands at its end, behind it only proxies of the same
    private network. One household has 2**64 addresses of IPv6: they count as one.

    >>> address_of("10.0.0.7", "6.6.6.6, 9.9.9.9, 10.0.0.3"), address_of("127.0.0.1", None)
    ('9.9.9.9', '127.0.0.1')
    >>> address_of("10.0.0.7", "2606:4700:1:2:3:4:5:6")
    '2606:4700:1:2::/64'
    """
    for one in reversed((forwarded or "").split(",")):
        try:
            address = ipaddress.ip_address(one.strip())
        except ValueError:
            break
        if not address.is_private:
            return str(address) if address.version == 4 else _household(address)
    return peer


def _household(address: ipaddress.IPv6Address) -> str:
    return str(ipaddress.ip_network((address, 64), strict=False))
