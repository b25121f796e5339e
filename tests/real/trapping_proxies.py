"""A cutting proxy that also cuts pages fetched by GET, and lets somebody else act before a chosen request passes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.real.cutting_proxies import Cut, CuttingProxy

Action = Callable[[], None]


@dataclass
class TrappingProxy(CuttingProxy):
    """`meet` plans an action for the moment a request arrives; the request then goes its way, cut or not."""

    traps: list[tuple[bytes, Action]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def meet(self, marker: bytes, action: Action) -> None:
        """Do it once, before the next request that holds `marker` is forwarded."""
        self.traps.append((marker, action))

    def fate_of(self, request: bytes) -> Cut | None:
        """Spring the trap first; a fault of the action must not kill the connection, so it is kept for the test."""
        for trap in [trap for trap in self.traps if trap[0] in request]:
            self.traps.remove(trap)
            try:
                trap[1]()
            except Exception as fault:  # noqa: BLE001 - whatever it is, `calm` tells
                self.faults.append(fault)
        return super().fate_of(request)

    def next_cut(self, request: bytes) -> Cut | None:
        """The planned cut, for pages that are fetched as well as for forms that are posted."""
        return super().next_cut(request.replace(b"GET ", b"POST ", 1) if request.startswith(b"GET ") else request)

    def calm(self) -> None:
        """Plan nothing any more; raises what an action of a trap raised."""
        self.arm(Cut.BEFORE, b"", 0)
        self.traps.clear()
        if self.faults:
            raise self.faults.pop()
