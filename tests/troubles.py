"""What if trouble comes exactly here? Every call to a port is counted and named, and one of them can be struck."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BEFORE, AFTER = "before", "after"
Blow = Callable[[], object]


class Died(BaseException):
    """The process died: nothing that it would have done next is done."""


@dataclass(frozen=True)
class Point:
    """A moment in an attempt: `side` of the call with this name, as in "bot.search#2"."""

    call: str
    side: str

    def __str__(self) -> str:
        return f"{self.side} {self.call}"


@dataclass
class Fate:
    """Sees every call to a struck port; `passed` are all moments so far, and each blow falls once, at its moment.

    `soon` are blows that fall after so many moments more.
    """

    passed: list[Point] = field(default_factory=list)
    blows: dict[Point, Blow] = field(default_factory=dict)
    soon: dict[int, Blow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def strike(self, point: Point, blow: Blow) -> None:
        """Let the blow fall at that moment."""
        self.blows[point] = blow

    def strike_after(self, moments: int, blow: Blow) -> None:
        """Let the blow fall after so many moments more, wherever that is."""
        self.soon[len(self.passed) + moments] = blow

    def over(self, port: Any, name: str) -> Any:
        """The port, with every call seen."""
        return _Struck(port, name, self)

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        """Do it, with whatever is to happen before and after."""
        self._counts[name] += 1
        label = f"{name}#{self._counts[name]}"
        self._pass(Point(label, BEFORE))
        result = act()
        self._pass(Point(label, AFTER))
        return result

    def _pass(self, point: Point) -> None:
        self.passed.append(point)
        for blow in (self.blows.pop(point, None), self.soon.pop(len(self.passed), None)):
            if blow is not None:
                blow()


class _Struck:
    """Stands before a port; what is no method passes through, and packets are stood before as well."""

    def __init__(self, port: Any, name: str, fate: Fate) -> None:
        self._port, self._name, self._fate = port, name, fate

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if not callable(found):
            return found

        def struck(*arguments: Any, **named: Any) -> Any:
            result = self._fate.call(f"{self._name}.{attribute}", lambda: found(*arguments, **named))
            return self._fate.over(result, "packet") if attribute == "open_packet" else result

        return struck
