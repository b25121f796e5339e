"""How a fresh machine comes to run this project: `python3 bootstrap.py demo`, `test` or any `erpbridge` word.

Needs nothing but Python 3.11: it makes `.venv`, installs the hash-locked dependencies, finds or installs
a browser, and says each step. A stamp in `.venv` makes the second run start at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Progress = Callable[[str | None], str | None]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOG = ROOT / ".cache" / "bootstrap.log"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
OLDEST_PYTHON = (3, 11)
CHINESE = 0x04  # the primary language number of Windows, whatever the region
APT_BROWSER = ("chromium", "fonts-liberation", "fonts-wqy-zenhei")  # a bare Debian shows Chinese as empty boxes
NEED_BROWSER = ("demo", "test", "setup")

TEXTS = {
    "usage": (
        """\
python3 bootstrap.py demo              a guided run against the sandbox
python3 bootstrap.py test [--real]     every check; --real adds the third-party ERP and CRM
python3 bootstrap.py serve             the bridge itself
python3 bootstrap.py setup             only prepare this folder
python3 bootstrap.py lock [--upgrade]  write requirements/*.txt anew
Any other word goes to erpbridge as it is. --language en|zh chooses the language.""",
        """\
python3 bootstrap.py demo              在沙盒中演示一遍
python3 bootstrap.py test [--real]     运行全部检查;--real 另含第三方 ERP 与 CRM
python3 bootstrap.py serve             启动桥接程序
python3 bootstrap.py setup             只准备运行环境
python3 bootstrap.py lock [--upgrade]  重新生成 requirements/*.txt
其他命令原样交给 erpbridge。--language en|zh 选择语言。""",
    ),
    "old_python": (
        "Python 3.11 or newer is needed, this is {version}; install it and start with it: python3.11 bootstrap.py",
        "需要 Python 3.11 或更高版本,当前为 {version};请安装后用它启动:python3.11 bootstrap.py",
    ),
    "venv_package": ("Installing {package}, which Debian keeps apart", "正在安装 {package}(Debian 单独打包)"),
    "no_venv": (
        "Python's venv is missing here: run `sudo apt-get install {package}`, then this command again.",
        "缺少 Python 的 venv 模块:请先运行 `sudo apt-get install {package}`,再重新执行本命令。",
    ),
    "make": ("Making .venv with Python {version}", "正在用 Python {version} 创建 .venv"),
    "remake": ("Making .venv anew, the old one is unfinished or from elsewhere", ".venv 不完整或来自别处,正在重建"),
    "packages": ("Installing {count} locked packages", "正在安装 {count} 个锁定的依赖包"),
    "fetched": ("fetched {count} {name}", "已获取 {count} {name}"),
    "installed": ("installed {count} {name}", "已安装 {count} {name}"),
    "project": ("Installing the erpbridge command", "正在安装 erpbridge 命令"),
    "find": ("Looking for a browser that starts", "正在查找可用的浏览器"),
    "download": (
        "No browser yet; downloading Playwright's Chromium",
        "没有可用的浏览器,正在下载 Playwright 的 Chromium",
    ),
    "apt_browser": ("Installing Debian's Chromium", "正在安装 Debian 的 Chromium"),
    "no_browser": (
        "No browser could be found or installed: run `sudo apt-get install chromium`, or install Chrome or Edge.",
        "找不到也装不上浏览器:请运行 `sudo apt-get install chromium`,或安装 Chrome 或 Edge。",
    ),
    "bad_browser": (
        "The browser named in ERPBRIDGE_BROWSER ({path}) does not exist or does not start; correct or remove it.",
        "ERPBRIDGE_BROWSER 指定的浏览器({path})不存在或无法启动;请更正或删除该设置。",
    ),
    "in_use": (
        "{path} is in use; close the programs that run from .venv, then start again.",
        "{path} 正被占用;请关闭从 .venv 运行的程序后重试。",
    ),
    "cannot": ("This could not be done: {error}", "无法完成:{error}"),
    "using": ("using {path}", "使用 {path}"),
    "done": ("done in {seconds} s", "完成,用时 {seconds} 秒"),
    "not_done": ("did not work after {seconds} s", "未成功,用时 {seconds} 秒"),
    "seconds": ("{seconds} s", "{seconds} 秒"),
    "failed": ("{step}: failed. The last lines of {log}:\n{lines}", "{step}:失败。{log} 的最后几行:\n{lines}"),
    "busy": ("Waiting for another bootstrap.py in this folder", "正在等待本目录中另一个 bootstrap.py"),
    "ready": ("Ready.", "准备就绪。"),
    "stopped": ("Stopped.", "已停止。"),
    "summary": ("Summary", "汇总"),
    "passed": ("ok", "通过"),
    "check_failed": ("FAILED ({code})", "失败({code})"),
    "lock": ("Resolving the locked versions", "正在解析锁定版本"),
}


class TroubleError(Exception):
    """Why the command cannot go on, as a key of `TEXTS` and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """Keep the words for later: the language is the speaker's business."""
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Stamp:
    """What a finished `.venv` holds; written last, so a half-made one never carries it."""

    digest: str
    level: str
    python: str
    place: str
    browser: str = ""


@dataclass(frozen=True)
class Facts:
    """What decides the steps: `venv` is absent, ruined, stale or fresh."""

    venv: str
    ensurepip: bool
    apt: bool
    browser: bool


def choose_language(wanted: str | None, environ: Mapping[str, str], windows_ui: int = 0) -> str:
    """Give `zh` or `en`: the argument, else the environment, else the language of Windows."""
    named = [wanted, *(environ.get(name) for name in ("ERPBRIDGE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))]
    for name in named:
        if name and name.split(".")[0] not in ("C", "POSIX"):
            return "zh" if name.lower().startswith("zh") else "en"
    return "zh" if windows_ui & 0x3FF == CHINESE else "en"


def windows_ui_language() -> int:
    """Give the number of the language Windows shows its menus in; 0 elsewhere."""
    if sys.platform != "win32":
        return 0
    import ctypes

    return int(ctypes.windll.kernel32.GetUserDefaultUILanguage())


def digest_of(files: Sequence[Path]) -> str:
    """Give one sha256 over the files' names and contents, line ends folded as git folds them."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def venv_state(found: Stamp | None, wanted: Stamp, *, exists: bool, python_there: bool, making: bool) -> str:
    """Say whether `.venv` is absent, ruined (make it anew), stale (install into it) or fresh."""
    if not exists:
        return "absent"
    if making or not python_there:
        return "ruined"
    if found is None:
        return "stale"
    if (found.python, found.place) != (wanted.python, wanted.place):
        return "ruined"
    return "fresh" if found.digest == wanted.digest and found.level in (wanted.level, "dev") else "stale"


def plan(facts: Facts) -> tuple[str, ...]:
    """Give the steps that are missing, in order; raises `TroubleError` when one cannot be done here."""
    steps: list[str] = []
    if facts.venv in ("absent", "ruined"):
        if not facts.ensurepip:
            if not facts.apt:
                raise TroubleError("no_venv", package=venv_package())
            steps.append("venv_package")
        steps.append("make")
    if facts.venv != "fresh":
        steps += ["packages", "project"]
    return (*steps, *(() if facts.browser and facts.venv not in ("absent", "ruined") else ("browser",)))


def venv_package() -> str:
    """Name the Debian package that holds this Python's `ensurepip`."""
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


class PipProgress:
    """How far pip is, read from its words and, once it is silent and installing, from what lies on disk."""

    def __init__(self, total: int, installed: Callable[[], int], text: Callable[..., str]) -> None:
        """`total` counts the lock's packages; `installed` counts those on disk; `text` words a key of `TEXTS`."""
        self.total, self.installed, self.text = total, installed, text
        self.seen, self.installing = 0, False

    def __call__(self, line: str | None) -> str | None:
        """Give what to show after a line of pip's, or after half a second without one."""
        if line is None:
            return self.show("installed", self.installed(), "") if self.installing else None
        self.installing |= line.startswith("Installing collected")
        if match := re.match(r"(?:Collecting|Ignoring|Requirement already satisfied:) ?([\w.-]+?)[=:\s]", line):
            self.seen += 1
            return self.show("fetched", self.seen, match[1])
        if match := re.match(r"\s*Downloading .*?([^/\s-]+)-[^/\s]+\.whl (\(.*\))", line):
            return self.show("fetched", self.seen, f"{match[1]} {match[2]}")
        return None

    def show(self, key: str, count: int, name: str) -> str:
        """Word one moment; the count never passes the total, markers make it uncertain."""
        return self.text(key, count=f"{min(count, self.total)}/{self.total}", name=name).rstrip()


class Speaker:
    """Says steps and their progress in one language; a terminal gets one living line per step."""

    def __init__(self, language: str, out: IO[str], now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds from any start."""
        self.language, self.out, self.now = language, out, now
        self.live = out.isatty()
        self.began = self.spoke = now()
        self.title = self.detail = ""
        self.place = "1/1"

    def text(self, key: str, **values: object) -> str:
        """Word a key of `TEXTS`."""
        return TEXTS[key][self.language == "zh"].format(**values)

    def line(self, text: str) -> None:
        """Say one whole line, now."""
        self.out.write(f"\r\x1b[K{text}\n" if self.live else f"{text}\n")
        self.out.flush()

    def begin(self, key: str, **values: object) -> None:
        """Start a step and its clock."""
        self.title, self.detail = f"[{self.place}] {self.text(key, **values)}", ""
        self.began = self.spoke = self.now()
        self.line(self.title)

    def tick(self, detail: str | None = None) -> None:
        """Show that the step is alive: ten seconds apart in a log, at once on a terminal."""
        self.detail = detail or self.detail
        pause = 0.2 if self.live else 10
        if self.now() - self.spoke < pause:
            return
        self.spoke = self.now()
        shown = f"      {self.text('seconds', seconds=self.seconds())}  {self.detail[:70]}"
        self.out.write(f"\r\x1b[K{shown}" if self.live else f"{shown}\n")
        self.out.flush()

    def end(self, *, worked: bool) -> None:
        """Close a step with its time."""
        self.line("      " + self.text("done" if worked else "not_done", seconds=self.seconds()))

    def seconds(self) -> int:
        """Give the whole seconds since the step began."""
        return round(self.now() - self.began)


def stop(child: subprocess.Popen[Any], how: str, *, family: bool) -> None:
    """Send a child (with `family` all its own children too) SIGINT, SIGTERM or SIGKILL; Windows knows only one end."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], capture_output=True, check=False)
        return
    try:
        (os.killpg if family else os.kill)(child.pid, getattr(signal, how))
    except ProcessLookupError:
        return


@contextmanager
def kept(child: subprocess.Popen[Any], *, family: bool) -> Iterator[None]:
    """Take the child along when we are stopped, asking before forcing.

    Ctrl-C reaches a child on our terminal by itself; a family of its own and our own SIGTERM we pass on.
    """

    def pass_on(number: int, frame: object) -> NoReturn:
        del number, frame
        stop(child, "SIGINT", family=family)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield
    except KeyboardInterrupt:
        if family:
            stop(child, "SIGINT", family=True)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        for how in ("SIGTERM", "SIGKILL"):
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                stop(child, how, family=family)
        child.wait()


def run(command: Sequence[str | Path], environ: Mapping[str, str]) -> int:
    """Run a child on this terminal and give its exit code."""
    child = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=dict(environ))
    with kept(child, family=False):
        return child.wait()


def watch(
    command: Sequence[str | Path], environ: Mapping[str, str], hear: Callable[[str | None], None], silence: float = 900
) -> int:
    """Run a child with its words going to the log and to `hear` (None each half second); give its exit code.

    A child that says nothing for `silence` seconds is ended with its family: a download without internet must not hang.
    """
    words = [str(part) for part in command]
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(words)}\n")
        child = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            close_fds=False,  # it keeps the folder's lock for as long as it lives, even when we are killed
        )
        with kept(child, family=True):
            heard = time.monotonic()
            for line in spoken(child):
                hear(line)
                if line:
                    heard = time.monotonic()
                    log.write(line)
                elif time.monotonic() - heard > silence:
                    stop(child, "SIGKILL", family=True)
        return child.returncode


def spoken(child: subprocess.Popen[str]) -> Iterator[str | None]:
    """Give the child's lines as they come, None when it was quiet for half a second, until it has ended."""
    lines: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        for line in child.stdout or ():
            lines.put(line)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        ended = child.poll() is not None
        try:
            yield lines.get(timeout=0.5)
        except queue.Empty:
            if ended:
                return
            yield None


class House:
    """The folder's `.venv`: what it holds, what it lacks, and how it gets it."""

    def __init__(self, speaker: Speaker, environ: dict[str, str], level: str) -> None:
        """`level` is `run` or `dev`; `environ` is what every child gets."""
        self.speaker, self.environ = speaker, environ
        self.scripts = VENV / ("Scripts" if sys.platform == "win32" else "bin")
        self.python = self.scripts / ("python.exe" if sys.platform == "win32" else "python")
        self.stamp_file, self.making = VENV / "erpbridge-stamp.json", VENV / "erpbridge-making"
        self.found = self.read_stamp()
        level = "dev" if self.found and self.found.level == "dev" else level
        digest = digest_of([*LOCKS.values(), ROOT / "pyproject.toml"])
        python = f"{sys.version_info[0]}.{sys.version_info[1]}"
        self.wanted = Stamp(digest, level, python, str(VENV), self.found.browser if self.found else "")

    def read_stamp(self) -> Stamp | None:
        """Give the stamp, None when there is none that can be read."""
        try:
            return Stamp(**json.loads(self.stamp_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def facts(self) -> Facts:
        """Look at the machine and the folder, without starting anything."""
        state = venv_state(
            self.found,
            self.wanted,
            exists=VENV.exists(),
            python_there=self.python.exists(),
            making=self.making.exists(),
        )
        configured = self.environ.get("ERPBRIDGE_BROWSER")
        browser = self.wanted.browser
        known = bool(browser) and Path(browser).is_file() and configured in (None, "", browser)
        return Facts(state, importlib.util.find_spec("ensurepip") is not None, may_apt(), known)

    def prepare(self, *, need_browser: bool) -> None:
        """Do the missing steps; a kill in the middle leaves the mark that makes the next run start over."""
        steps = plan(self.facts())
        for number, step in enumerate(steps, start=1):
            self.speaker.place = f"{number}/{len(steps)}"
            try:
                STEPS[step](self)
            except TroubleError as trouble:
                self.making.unlink(missing_ok=True)
                if trouble.key != "no_browser" or need_browser:
                    raise
                self.speaker.line(self.speaker.text(trouble.key))

    def finish(self) -> None:
        """Leave the stamp by which the next run knows that nothing is missing."""
        self.stamp_file.write_text(json.dumps(asdict(self.wanted)), encoding="utf-8")
        self.making.unlink(missing_ok=True)

    def install_venv_package(self) -> None:
        """Get `ensurepip` from Debian."""
        self.step("venv_package", apt_install(venv_package()), package=venv_package())

    def make(self) -> None:
        """Make an empty `.venv`, in place of a ruined one."""
        remake = VENV.exists()
        self.speaker.begin("remake" if remake else "make", version=self.wanted.python)
        try:
            shutil.rmtree(VENV, ignore_errors=not remake)
        except OSError as held:
            raise TroubleError("in_use", path=held.filename) from held
        VENV.mkdir()
        self.making.touch()
        self.must([getattr(sys, "_base_executable", sys.executable), "-m", "venv", VENV])

    def install_packages(self) -> None:
        """Install the locked packages, each checked against its hash."""
        lock = LOCKS[self.wanted.level]
        total = len(re.findall(r"^[a-z0-9].*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
        self.making.touch()
        self.speaker.begin("packages", count=total)
        self.must(
            [*self.pip(), "--require-hashes", "--only-binary", ":all:", "-r", lock],
            PipProgress(total, self.installed, self.speaker.text),
        )

    def installed(self) -> int:
        """Count the packages in `.venv`."""
        places = [*VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages"]
        return sum(1 for place in places for _ in place.glob("*.dist-info"))

    def install_project(self) -> None:
        """Make the `erpbridge` command, with its code staying in this folder."""
        self.making.touch()
        self.step("project", [*self.pip(), "--no-deps", "--no-build-isolation", "-e", ROOT])
        self.finish()

    def settle_browser(self) -> None:
        """Find a browser that starts, else install one; raises `TroubleError`."""
        self.speaker.begin("find")
        found = self.prove()
        configured = self.environ.get("ERPBRIDGE_BROWSER")
        if not found and configured:
            raise TroubleError("bad_browser", path=configured)
        for key, command in self.browser_installs():
            if not found:
                self.speaker.begin(key)
                self.attempt(command, silence=180)
                found = self.prove()
        if not found:
            raise TroubleError("no_browser")
        self.speaker.line("      " + self.speaker.text("using", path=found))
        self.wanted = replace(self.wanted, browser=found)
        self.finish()

    def browser_installs(self) -> Iterator[tuple[str, list[str | Path]]]:
        """Give the ways to install a browser that may be tried here, in order."""
        yield "download", [self.python, "-m", "playwright", "install", "chromium", "--no-shell"]
        if may_apt():
            yield "apt_browser", apt_install(*APT_BROWSER)

    def prove(self) -> str:
        """Ask the product's own search for a browser that starts; empty when there is none."""
        heard: list[str] = []

        def hear(line: str | None) -> None:
            heard.append(line or "")
            self.speaker.tick()

        watch([self.python, "-m", "bots.drivers.browsers", "--prove"], self.environ, hear)
        answer = re.search(r"^\{.*\}$", "".join(heard), re.MULTILINE)
        return str(json.loads(answer.group()).get("path", "")) if answer else ""

    def pip(self) -> list[str | Path]:
        """Give the words every pip call begins with."""
        quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        return [self.python, "-m", "pip", "install", *quiet]

    def step(self, key: str, command: Sequence[str | Path], **values: object) -> None:
        """Run one command as a step; raises `TroubleError`."""
        self.speaker.begin(key, **values)
        self.must(command)

    def must(self, command: Sequence[str | Path], progress: Progress | None = None) -> None:
        """Run the step's command; raises `TroubleError` with its last lines when it fails."""
        if not self.attempt(command, progress):
            lines = LOG.read_text(encoding="utf-8").splitlines()[-12:]
            raise TroubleError("failed", step=self.speaker.title, log=LOG, lines="\n".join(lines))

    def attempt(self, command: Sequence[str | Path], progress: Progress | None = None, silence: float = 900) -> bool:
        """Run one command with progress and say how it ended; True when it worked."""
        progress = progress or (lambda line: (line or "").strip())
        worked = watch(command, self.environ, lambda line: self.speaker.tick(progress(line)), silence) == 0
        self.speaker.end(worked=worked)
        return worked


STEPS: dict[str, Callable[[House], None]] = {
    "venv_package": House.install_venv_package,
    "make": House.make,
    "packages": House.install_packages,
    "project": House.install_project,
    "browser": House.settle_browser,
}


def may_apt() -> bool:
    """Say whether Debian's packages can be installed from here."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> list[str | Path]:
    """Give the command that installs Debian packages without a question."""
    options = "-q -o DPkg::Lock::Timeout=120"
    install = f"apt-get {options} install -y --no-install-recommends {' '.join(packages)}"
    return ["sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; apt-get {options} update; {install}"]


@contextmanager
def alone(speaker: Speaker) -> Iterator[None]:
    """Let one bootstrap at a time work in this folder; the system frees the lock however we end."""
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "bootstrap.lock").open("a+b") as file:
        os.set_inheritable(file.fileno(), True)
        if not locked(file):
            speaker.line(speaker.text("busy"))
            while not locked(file):
                time.sleep(0.5)
        yield


def locked(file: IO[bytes]) -> bool:
    """Take the file's lock if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def checks(house: House, *, real: bool, arguments: Sequence[str]) -> list[tuple[str, list[str | Path]]]:
    """Give every check a developer must pass, cheapest first."""
    module: list[str | Path] = [house.python, "-m"]
    workers = str(max(2, min(8, os.cpu_count() or 2)))
    selection = [] if real else ["-m", "not real"]
    return [
        ("ruff check", [*module, "ruff", "check"]),
        ("ruff format", [*module, "ruff", "format", "--check"]),
        ("mypy", [*module, "mypy"]),
        ("lint-imports", [house.scripts / "lint-imports"]),
        ("pytest", [*module, "pytest", "-n", workers, *selection, *arguments]),
    ]


def test(house: House, arguments: list[str]) -> int:
    """Run all checks, also after one has failed, and sum up; 0 when all passed."""
    real = "--real" in arguments
    house.environ["ERPBRIDGE_REAL"] = "1" if real else "0"
    passed_on = [word for word in arguments if word != "--real"]
    speaker, results = house.speaker, []
    for name, command in checks(house, real=real, arguments=passed_on):
        speaker.line(f"== {name}")
        began = speaker.now()
        results.append((name, run(command, house.environ), round(speaker.now() - began)))
    speaker.line(f"== {speaker.text('summary')}")
    for name, code, seconds in results:
        verdict = speaker.text("check_failed", code=code) if code else speaker.text("passed")
        speaker.line(f"{name:<14} {verdict} ({speaker.text('seconds', seconds=seconds)})")
    return int(any(code for _, code, _ in results))


def erpbridge(house: House, words: list[str]) -> int:
    """Become the product's command; on Windows, which cannot, wait for it."""
    command = [str(house.python), "-m", "bridge.cli", *words]
    if sys.platform != "win32":
        os.chdir(ROOT)
        os.execve(command[0], command, house.environ)
    return run(command, house.environ)


def relock(speaker: Speaker, environ: dict[str, str], words: list[str]) -> int:
    """Write the lock files anew, in a small environment of its own so that a broken lock can be mended."""
    home = LOG.parent / "lock-venv"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    speaker.line(speaker.text("lock"))
    locked, script = ROOT / "requirements" / "lock.txt", ROOT / "requirements" / "relock.py"
    return (
        (0 if python.exists() else run([sys.executable, "-m", "venv", home], environ))
        or run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", locked], environ)
        or run([python, script, *words], environ)
    )


def split_words(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take `--language X` (or `--language=X`) out of the words."""
    words, language = list(arguments), None
    for index, word in enumerate(words):
        if word.startswith("--language"):
            name, _, language = word.partition("=")
            del words[index : index + (1 if language else 2)]
            language = language or "".join(arguments[index + 1 : index + 2])
            return (language, words) if name == "--language" else (None, list(arguments))
    return None, words


def main(arguments: Sequence[str]) -> int:
    """Prepare what the first word needs, then do it; give its exit code."""
    wanted, words = split_words(arguments)
    speaker = Speaker(choose_language(wanted, os.environ, windows_ui_language()), sys.stdout)
    environ = {**os.environ, **({"ERPBRIDGE_LANGUAGE": speaker.language} if wanted else {})}
    try:
        return act(speaker, environ, words)
    except TroubleError as trouble:
        speaker.line(speaker.text(trouble.key, **trouble.values))
        return 1
    except OSError as error:
        speaker.line(speaker.text("cannot", error=error))
        return 1
    except KeyboardInterrupt:
        speaker.line(speaker.text("stopped"))
        return 130


def act(speaker: Speaker, environ: dict[str, str], words: list[str]) -> int:
    """Do what the first word says."""
    if not words or words[0] in ("-h", "--help", "help"):
        speaker.line(speaker.text("usage"))
        return 0 if words else 2
    if sys.version_info < OLDEST_PYTHON:
        raise TroubleError("old_python", version=sys.version.split()[0])
    word, rest = words[0], words[1:]
    if word == "lock":
        return relock(speaker, environ, rest)
    with alone(speaker):
        house = House(speaker, environ, "dev" if word == "test" else "run")
        house.prepare(need_browser=word in NEED_BROWSER)
    if word == "setup":
        speaker.line(speaker.text("ready"))
        return 0
    return test(house, rest) if word == "test" else erpbridge(house, words)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
