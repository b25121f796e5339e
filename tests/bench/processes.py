"""What does a process take with all that it has started? Memory, processor time; and what of it outlives it?"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil

MEGABYTE = 1024 * 1024


@dataclass
class Tree:
    """A process and its descendants; `mark` is a variable of its environment that all of them inherit."""

    pid: int
    mark: tuple[str, str]
    seen: set[tuple[int, float]] = field(default_factory=set)

    def look(self) -> dict[str, Any]:
        """What it takes now: MB by part, as RSS and with shared pages divided (PSS), processor seconds, counts.

        Processor seconds of a part are those of its living processes and of the dead ones that they have buried.
        """
        rss: Counter[str] = Counter()
        pss: Counter[str] = Counter()
        cpu: Counter[str] = Counter()
        count: Counter[str] = Counter()
        for process in self._processes():
            with suppress(psutil.Error):
                part, times, held = self._part(process), process.cpu_times(), process.memory_full_info()
                self.seen.add((process.pid, process.create_time()))
                rss[part] += held.rss
                pss[part] += getattr(held, "pss", held.uss)
                cpu[part] += round(1000 * (times.user + times.system + times.children_user + times.children_system))
                count[part] += 1
        return {
            "rss": _in(rss, MEGABYTE),
            "pss": _in(pss, MEGABYTE),
            "cpu": _in(cpu, 1000),
            "processes": dict(count),
            **self._of_root(),
        }

    def strays(self) -> list[str]:
        """What still runs of it, whoever its parent is now; to be asked once its root has ended."""
        return [text for text in map(self._stray, psutil.process_iter()) if text]

    def _stray(self, process: psutil.Process) -> str:
        with suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return ""
            ours = (process.pid, process.create_time()) in self.seen
            name, value = self.mark
            if ours or process.environ().get(name) == value:
                return f"{process.pid} {' '.join(process.cmdline())[:120]}"
        return ""

    def _processes(self) -> Iterator[psutil.Process]:
        with suppress(psutil.Error):
            root = psutil.Process(self.pid)
            yield root
            yield from root.children(recursive=True)

    def _part(self, process: psutil.Process) -> str:
        if process.pid == self.pid:
            return "host"
        name, line = process.name(), " ".join(process.cmdline())
        if "chrom" in name:
            return "browsers"
        if "node" in name:
            return "drivers"
        return "seats" if "spawn_main" in line else "others"

    def _of_root(self) -> Mapping[str, int]:
        with suppress(psutil.Error):
            root = psutil.Process(self.pid)
            asked = "num_handles" if sys.platform == "win32" else "num_fds"
            return {"threads": root.num_threads(), "handles": int(getattr(root, asked)())}
        return {"threads": 0, "handles": 0}


def _in(counted: Mapping[str, int], unit: int) -> dict[str, float]:
    return {part: round(value / unit, 2) for part, value in sorted(counted.items())}
