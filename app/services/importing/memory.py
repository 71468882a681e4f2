"""Memory while many records are about: they are many objects, and none of them points back."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_waiting = 0


@contextmanager
def without_collecting() -> Iterator[None]:
    """Put off the search for circles of garbage, which would look at every record again and again.

    What is not used any more is freed all the same; an import makes no circles.
    The end of it looks at all that was made and is still held, so hold nothing then.
    """
    global _waiting  # noqa: PLW0603  # the collector is global too
    with _lock:
        _waiting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _waiting -= 1
            if not _waiting:
                gc.enable()
