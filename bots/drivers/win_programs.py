"""How does the ERP's program run on Windows? In a job of its own, which ends with this process, however that ends."""

import subprocess

from bots.drivers.win_session_doors import Kernel32


class WinProgram:
    """The ERP's client program with all that it starts; no service, so that its windows are seen."""

    def __init__(self, kernel32: Kernel32, command: str) -> None:
        self._kernel32, self._command = kernel32, command
        self._job: int | None = None

    def start(self) -> None:
        """Start it anew. It does nothing until it is in its job, so that nothing of it can be outside."""
        self.end()
        self._job = self._kernel32.create_job()
        try:
            self._begin(self._job, self._command)
        except OSError:
            self.end()
            raise

    def hand(self, address: str) -> None:
        """Start it once more with the address, which it hands to the one that runs; where none runs, one is started."""
        if self._job is None:
            self.start()
        if self._job is not None:
            self._begin(self._job, f"{self._command} {subprocess.list2cmdline([address])}")

    def _begin(self, job: int, command: str) -> None:
        process, thread = self._kernel32.create_suspended(command)
        try:
            self._kernel32.assign(job, process)
            self._kernel32.resume(thread)
        except OSError:
            self._kernel32.terminate_process(process)
            raise
        finally:
            self._kernel32.close(thread)
            self._kernel32.close(process)

    def runs(self) -> bool:
        """Whether anything of it has not ended: what starts a program and ends itself is common."""
        return self._job is not None and bool(self._kernel32.job_processes(self._job))

    def holds(self, process: int) -> bool:
        """Whether that process is a part of it."""
        return self._job is not None and process in self._kernel32.job_processes(self._job)

    def end(self) -> None:
        """End it with all that it started."""
        job, self._job = self._job, None
        if job is not None:
            try:
                self._kernel32.terminate_job(job)
            finally:
                self._kernel32.close(job)
