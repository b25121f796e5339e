"""How the bootstrap speaks: every text in English and Simplified Chinese, and the progress of each step."""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHINESE = 0x04  # the primary language number of Windows, whatever the region

TEXTS = {
    "usage": (
        """\
python3 bootstrap.py demo              a guided run against the sandbox
python3 bootstrap.py test [--real]     every check; --real adds the third-party ERP and CRM, and a sweep of faults
python3 bootstrap.py test --long       every check and every test
python3 bootstrap.py serve             the bridge itself
python3 bootstrap.py setup [--ocr]     only prepare this folder; --ocr adds what reads labels on desktops
python3 bootstrap.py lock [--upgrade]  write requirements/*.txt anew
Any other word goes to erpbridge as it is. --language en|zh chooses the language.""",
        """\
python3 bootstrap.py demo              在示例系统上演示一遍
python3 bootstrap.py test [--real]     运行全部检查；--real 另含第三方 ERP 与 CRM，以及故障演练
python3 bootstrap.py test --long       运行全部检查和全部测试
python3 bootstrap.py serve             启动桥接程序
python3 bootstrap.py setup [--ocr]     只准备运行环境；--ocr 另装识别桌面标签所需的软件包
python3 bootstrap.py lock [--upgrade]  重新生成 requirements/*.txt
其他命令原样交给 erpbridge。--language en|zh 选择语言。""",
    ),
    "old_python": (
        "Python 3.11 or newer is needed, this is {version}; install it and start with it: python3.11 bootstrap.py",
        "需要 Python 3.11 或更高版本，当前为 {version}；请安装后用它启动：python3.11 bootstrap.py",
    ),
    "venv_package": ("Installing {package}, which Debian keeps apart", "正在安装 {package}（Debian 单独打包）"),
    "no_venv": (
        "Python's venv is missing here: run `sudo apt-get install {package}`, then this command again.",
        "缺少 Python 的 venv 模块：请先运行 `sudo apt-get install {package}`，再重新执行本命令。",
    ),
    "make": ("Making .venv with Python {version}", "正在用 Python {version} 创建 .venv"),
    "remake": ("Making .venv anew, the old one is unfinished or from elsewhere", ".venv 不完整或来自别处，正在重建"),
    "packages": ("Installing {count} locked packages", "正在安装 {count} 个锁定的依赖包"),
    "fetched": ("fetched {count} {name}", "已获取 {count} {name}"),
    "installed": ("installed {count} {name}", "已安装 {count} {name}"),
    "project": ("Installing the erpbridge command", "正在安装 erpbridge 命令"),
    "find": ("Looking for a browser that starts", "正在查找可用的浏览器"),
    "download": (
        "No browser yet; downloading Playwright's Chromium",
        "没有可用的浏览器，正在下载 Playwright 的 Chromium",
    ),
    "apt_browser": ("Installing Debian's Chromium", "正在安装 Debian 的 Chromium"),
    "apt_shell": (
        "Installing Debian's headless Chromium, in which tests run faster; without it they use {path}",
        "正在安装 Debian 的无窗口版 Chromium，测试会更快；装不上则使用 {path}",
    ),
    "no_browser": (
        "No browser could be found or installed: run `sudo apt-get install chromium`, or install Chrome or Edge.",
        "找不到也装不上浏览器：请运行 `sudo apt-get install chromium`，或安装 Chrome 或 Edge。",
    ),
    "bad_browser": (
        "The browser named in ERPBRIDGE_BROWSER ({path}) does not exist or does not start; correct or remove it.",
        "ERPBRIDGE_BROWSER 指定的浏览器（{path}）不存在或无法启动；请更正或删除该设置。",
    ),
    "in_use": (
        "{path} is in use; close the programs that run from .venv, then start again.",
        "{path} 正被占用；请关闭从 .venv 运行的程序后重试。",
    ),
    "cannot": ("This could not be done: {error}", "无法完成：{error}"),
    "using": ("using {path}", "使用 {path}"),
    "done": ("done in {seconds} s", "完成，用时 {seconds} 秒"),
    "not_done": ("did not work after {seconds} s", "未成功，用时 {seconds} 秒"),
    "seconds": ("{seconds} s", "{seconds} 秒"),
    "failed": ("{step}: failed. The last lines of {log}:\n{lines}", "{step}：失败。{log} 的最后几行：\n{lines}"),
    "pip_failed": (
        "{step}: failed. Does this machine reach its package index (`pip config list`)? The end of {log}:\n{lines}",
        "{step}：失败。本机能否访问软件包索引（`pip config list`）？{log} 的结尾：\n{lines}",
    ),
    "busy": ("Waiting for another bootstrap.py in this folder", "正在等待本目录中另一个 bootstrap.py"),
    "ready": ("Ready.", "准备就绪。"),
    "stopped": ("Stopped.", "已停止。"),
    "summary": ("Summary", "汇总"),
    "passed": ("ok", "通过"),
    "check_failed": ("FAILED ({code})", "失败（{code}）"),
    "lock": ("Resolving the locked versions", "正在解析锁定版本"),
}


class TroubleError(Exception):
    """Why the command cannot go on, as a key of `TEXTS` and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """Keep the words for later: the language is the speaker's business."""
        super().__init__(key)
        self.key, self.values = key, values


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


class Speaker:
    """Says steps and their progress in one language; a terminal gets one living line per step."""

    def __init__(self, language: str, out: IO[str], now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds from any start."""
        self.language, self.out, self.now = language, out, now
        self.live = out.isatty()
        # Spaces and not an escape sequence: older Windows consoles show the latter as rubbish.
        self.wipe = f"\r{' ' * 78}\r" if self.live else ""
        self.began = self.spoke = now()
        self.title = self.detail = ""
        self.place = "1/1"

    def text(self, key: str, **values: object) -> str:
        """Word a key of `TEXTS`."""
        return TEXTS[key][self.language == "zh"].format(**values)

    def line(self, text: str) -> None:
        """Say one whole line, now."""
        self.out.write(f"{self.wipe}{text}\n")
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
        shown = f"      {self.text('seconds', seconds=self.seconds())}  {self.detail[:60]}"
        self.out.write(f"{self.wipe}{shown}" if self.live else f"{shown}\n")
        self.out.flush()

    def end(self, *, worked: bool) -> None:
        """Close a step with its time."""
        self.detail = ""
        self.line("      " + self.text("done" if worked else "not_done", seconds=self.seconds()))

    def seconds(self) -> int:
        """Give the whole seconds since the step began."""
        return round(self.now() - self.began)
