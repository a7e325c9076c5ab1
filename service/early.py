"""Lists answered where their request is read: no task, no layers, one write.

Asked for a list, a worker spends more on what surrounds it than on the list itself. So what is
asked in the usual way by who is known is answered by the connection (`service/connection.py`) as
the layers of `service/app.py` would, byte for byte; `tests/test_early.py` holds both to the same.
Whatever is not usual gets None here and goes through the layers, every refusal among it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from service.access.caller import Caller
from service.access.identify import bearer_in
from service.api.kept import KEPT, MEDIA_TYPE, Kept, names
from service.envelope import NO_STORE, SECURITY_HEADERS, is_ours, log_request, request_id_of
from service.limits import Left, Limits, share_of
from service.lists import OPERATION, Lists
from service.records.pulse import Beat
from service.settings import Settings

Pairs = Iterable[tuple[bytes, bytes]]
Headers = dict[bytes, bytes]
BEFORE = b"/v1/customers/"
UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"cookie"})
"""Headers that change how a request is read, or who sent it."""


class _Found(NamedTuple):
    """All of an answer that differs from one to the next."""

    kept: Kept
    has_it: bool
    left: Left | None
    request_id: str

    @property
    def status(self) -> int:
        return 304 if self.has_it else 200


@dataclass(frozen=True)
class Early:
    """Of one worker, on its event loop alone."""

    settings: Settings
    lists: Lists
    limits: Limits

    def answers(
        self,
        url: bytes,
        headers: list[tuple[bytes, bytes]],
        more: Pairs,
        write: Callable[[bytes], None],
    ) -> bool:
        """Whether it wrote the answer to this GET; where it did not, nothing was counted.

        `more` are headers that the server itself adds.
        """
        began = time.perf_counter()
        if not url.startswith(BEFORE):
            return False
        try:
            found = self._found(url, dict(headers), len(headers))
        except Exception:  # noqa: BLE001  # the layers meet it again, and know what to say
            return False
        if found is None:
            return False
        write(_written(found, more))
        log_request(found.status, "GET", OPERATION, began, found.request_id)
        return True

    def _found(self, url: bytes, headers: Headers, count: int) -> _Found | None:
        raw_path, _, query_string = url.partition(b"?")
        if b"#" in url or not url.isascii():
            return None
        path = raw_path.decode()
        asked = self.lists.asked(unquote(path) if "%" in path else path, query_string)
        if asked is None or not self._is_usual(headers, count):
            return None
        beat = self.lists.known.beat()
        caller = self._caller(beat, headers)
        if caller is None or caller.is_public:
            return None
        share = share_of(self.settings, caller)
        if share and not self.limits.may_pass(caller.name, share):
            return None
        kept = self.lists.answer(asked, caller, beat)
        if kept is None:
            return None
        named = headers.get(b"if-none-match")
        has_it = named is not None and kept.tag is not None and names(named, kept.tag)
        left = self.limits.take(caller.name, share) if share else None
        return _Found(kept, has_it, left, request_id_of(headers))

    def _is_usual(self, headers: Headers, count: int) -> bool:
        """No header twice: which of them counts, the layers know."""
        is_plain = len(headers) == count and UNUSUAL.isdisjoint(headers)
        return is_plain and is_ours(headers.get(b"host", b""), self.settings)

    def _caller(self, beat: Beat, headers: Headers) -> Caller | None:
        known = self.lists.known
        bearer = bearer_in(headers.get(b"authorization", b"").decode("latin-1"))
        if bearer is None or not known.has_seen(bearer):
            return None
        return known.caller(beat, bearer)


def _written(found: _Found, more: Pairs) -> bytes:
    """In the order in which the layers add to an answer."""
    kept, left, own = found.kept, found.left, found.request_id.encode()
    body = b"" if found.has_it else kept.body
    head = [_STATUS[found.status], _lines(more)]
    if kept.tag is not None:
        head += [_KEPT, b"etag: ", kept.tag.encode(), b"\r\n"]
    if not found.has_it:
        head.append(b"content-length: %d\r\n%b" % (len(body), _MEDIA_TYPE))
    if left is not None:
        head.append(_lines(left.headers))
    head += [_SECURITY, b"x-request-id: ", own, b"\r\n"]
    if kept.tag is None:
        head.append(_NO_STORE)
    return b"".join([*head, b"\r\n", body])


def _lines(headers: Pairs) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_STATUS = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}
_KEPT = _lines((name.encode(), value.encode()) for name, value in KEPT.items())
_MEDIA_TYPE = b"content-type: %b\r\n" % MEDIA_TYPE.encode()
_SECURITY = _lines(SECURITY_HEADERS)
_NO_STORE = _lines([NO_STORE])
