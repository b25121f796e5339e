"""What if the same thing goes wrong twice a second? It is said once, and once more when it is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from bridge.log import logger


class Complaints:
    """Remembers what was said last."""

    def __init__(self) -> None:
        self.said = ""

    @contextmanager
    def instead_of_errors(self, what: str) -> Iterator[None]:
        """Say an error where it is new, and go on behind the block; the next try may do better."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the service outlives it
            if self.said != str(error):
                logger.warning("{}: {}", what, error)
            self.said = str(error)
        else:
            if self.said:
                logger.warning("{}: no longer", what)
            self.said = ""
