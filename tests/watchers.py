"""What happens meanwhile? Something is looked at again and again in a thread of its own, as long as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(act: Callable[[], object], every: float) -> Iterator[None]:
    """Act every so many seconds while inside; the thread has ended when this is left."""
    left = threading.Event()

    def again() -> None:
        while not left.wait(every):
            act()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()
