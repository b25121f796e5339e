"""Does the search give the browser a person would expect, on each kind of machine?"""

from pathlib import Path

import pytest

from bots.drivers.browsers import REMEMBERED, Browser, Machine, candidates, find_browser, prove_browser
from bridge.errors import BrowserGone, BrowserMissing, BrowserWindowless


def program(path: Path) -> Path:
    """Lay an executable file, as a browser would lie there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")
    path.chmod(0o755)
    return path


def playwright_build(folder: Path, revision: int, layout: str = "chrome-linux64/chrome", *, whole: bool = True) -> Path:
    """Lay one of Playwright's own browsers, `whole` when its download had ended."""
    build = folder / f"{'chromium_headless_shell' if 'headless' in layout else 'chromium'}-{revision}"
    executable = program(build / layout)
    if whole:
        (build / "INSTALLATION_COMPLETE").touch()
    return executable


def machine(tmp_path: Path, platform: str = "linux", **environment: str) -> Machine:
    """Give a machine that consists of a few folders below `tmp_path`."""
    prefix = tmp_path / "venv"
    prefix.mkdir(exist_ok=True)
    return Machine(platform, environment, tmp_path / "home", tmp_path / "root", prefix)


def test_the_configured_browser_comes_before_all_others(tmp_path: Path) -> None:
    """Who names a browser gets that one, whatever else is installed."""
    mine = program(tmp_path / "mine" / "chrome")
    program(tmp_path / "root/usr/bin/google-chrome")
    assert find_browser(mine, machine(tmp_path)) == Browser(mine, "configured")


def test_the_environment_configures_a_browser_too(tmp_path: Path) -> None:
    """`ERPBRIDGE_BROWSER` works for a program that reads no settings."""
    mine = program(tmp_path / "mine" / "chrome")
    assert find_browser(None, machine(tmp_path, ERPBRIDGE_BROWSER=str(mine))) == Browser(mine, "configured")


def test_a_configured_browser_that_is_missing_is_an_error_and_not_replaced(tmp_path: Path) -> None:
    """A typing error in the setting is told, never hidden behind another browser."""
    program(tmp_path / "root/usr/bin/google-chrome")
    with pytest.raises(BrowserGone, match="gone"):
        find_browser(tmp_path / "gone", machine(tmp_path))


def test_linux_is_searched_from_playwright_over_chrome_and_edge_to_chromium(tmp_path: Path) -> None:
    """The order is the documented one, so that two machines alike choose alike."""
    own = playwright_build(tmp_path / "home/.cache/ms-playwright", 1255)
    installed = [program(tmp_path / "root/usr/bin" / name) for name in ("chromium", "google-chrome", "microsoft-edge")]
    found = list(candidates(machine(tmp_path)))
    assert [browser.source for browser in found] == ["playwright", "chrome", "edge", "chromium"]
    assert {browser.path for browser in found} == {own, *installed}


def test_a_bare_path_does_not_hide_a_browser(tmp_path: Path) -> None:
    """A service started with an empty PATH finds the browser a person would find."""
    chromium = program(tmp_path / "root/usr/bin/chromium")
    assert find_browser(None, machine(tmp_path, PATH="")) == Browser(chromium, "chromium")


def test_the_newest_whole_build_of_playwright_is_taken(tmp_path: Path) -> None:
    """A download cut off in the middle is no browser, and numbers are compared as numbers."""
    folder = tmp_path / "home/.cache/ms-playwright"
    playwright_build(folder, 999)
    newest = playwright_build(folder, 1255)
    playwright_build(folder, 1300, whole=False)
    assert find_browser(None, machine(tmp_path)) == Browser(newest, "playwright")


def test_the_folder_of_playwright_can_be_moved(tmp_path: Path) -> None:
    """`PLAYWRIGHT_BROWSERS_PATH` is honoured as Playwright honours it."""
    own = playwright_build(tmp_path / "elsewhere", 1255)
    found = find_browser(None, machine(tmp_path, PLAYWRIGHT_BROWSERS_PATH=str(tmp_path / "elsewhere")))
    assert found == Browser(own, "playwright")


@pytest.mark.parametrize(
    ("platform", "cache", "layout"),
    [
        ("linux", "home/.cache", "chrome-headless-shell-linux64/chrome-headless-shell"),
        ("linux", "home/.cache", "chrome-headless-shell-linux-arm64/chrome-headless-shell"),
        ("linux", "home/.cache", "chrome-linux/headless_shell"),
        ("win32", "Local", "chrome-headless-shell-win64/chrome-headless-shell.exe"),
        ("win32", "Local", "chrome-win/headless_shell.exe"),
        ("darwin", "home/Library/Caches", "chrome-headless-shell-mac-arm64/chrome-headless-shell"),
        ("darwin", "home/Library/Caches", "chrome-mac/headless_shell"),
    ],
)
def test_unattended_the_shell_of_playwright_comes_before_its_full_build(
    tmp_path: Path, platform: str, cache: str, layout: str
) -> None:
    """A shell starts three times faster, under every name Playwright gave it, and even if the full one is newer."""
    folder = tmp_path / cache / "ms-playwright"
    shell = playwright_build(folder, 1200, layout)
    full = playwright_build(folder, 1255)
    here = machine(tmp_path, platform, LOCALAPPDATA=str(tmp_path / "Local"))
    assert candidates(here) == [Browser(shell, "playwright"), Browser(full, "playwright")]
    assert candidates(here, headed=True) == [Browser(full, "playwright")]


def test_unattended_the_shell_of_the_machine_comes_before_every_full_browser(tmp_path: Path) -> None:
    """Debian's shell is taken where Chrome and Chromium are installed too, and never to show a window."""
    for name in ("chromium", "google-chrome"):
        program(tmp_path / "root/usr/bin" / name)
    shell = program(tmp_path / "root/usr/bin/chromium-headless-shell")
    playwright_build(tmp_path / "home/.cache/ms-playwright", 1255)
    assert find_browser(None, machine(tmp_path)) == Browser(shell, "chromium")
    shown = candidates(machine(tmp_path), headed=True)
    assert [browser.source for browser in shown] == ["playwright", "chrome", "chromium"]


def test_a_machine_with_a_shell_only_says_why_it_shows_no_window(tmp_path: Path) -> None:
    """Who asks to see the browser learns what to install, instead of that there is none."""
    program(tmp_path / "root/usr/bin/chromium-headless-shell")
    with pytest.raises(BrowserWindowless, match=r"chromium-headless-shell has no window to show; install Chrome"):
        find_browser(None, machine(tmp_path), headed=True)


def test_a_configured_shell_that_is_to_show_a_window_is_an_error_and_not_replaced(tmp_path: Path) -> None:
    """What was configured is never passed over without a word; unattended it works."""
    program(tmp_path / "root/usr/bin/chromium")
    mine = program(tmp_path / "mine/chrome-headless-shell")
    assert find_browser(mine, machine(tmp_path)) == Browser(mine, "configured")
    with pytest.raises(BrowserWindowless, match="mine"):
        find_browser(mine, machine(tmp_path), headed=True)


def test_windows_is_searched_in_its_program_folders(tmp_path: Path) -> None:
    """Chrome of one user comes before Edge of all, and Playwright's own before both."""
    local, programs = tmp_path / "Local", tmp_path / "Program Files (x86)"
    edge = program(programs / "Microsoft/Edge/Application/msedge.exe")
    chrome = program(local / "Google/Chrome/Application/chrome.exe")
    own = playwright_build(local / "ms-playwright", 1255, "chrome-win64/chrome.exe")
    environment = {"LOCALAPPDATA": str(local), "ProgramFiles(x86)": str(programs)}
    found = list(candidates(machine(tmp_path, "win32", **environment)))
    assert found == [Browser(own, "playwright"), Browser(chrome, "chrome"), Browser(edge, "edge")]


def test_macos_is_searched_in_its_applications(tmp_path: Path) -> None:
    """Applications of the machine and of the user both count."""
    edge = program(tmp_path / "root/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge")
    chrome = program(tmp_path / "home/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    found = list(candidates(machine(tmp_path, "darwin")))
    assert found == [Browser(chrome, "chrome"), Browser(edge, "edge")]


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_a_machine_without_a_browser_says_so_in_one_sentence(tmp_path: Path, platform: str) -> None:
    """The sentence tells what to install and which setting to use."""
    with pytest.raises(BrowserMissing, match=r"install Chrome, Edge or Chromium, or name one in ERPBRIDGE_BROWSER"):
        find_browser(None, machine(tmp_path, platform))


def test_the_browser_that_started_is_remembered(tmp_path: Path) -> None:
    """A browser that lacks its libraries is passed over, and later searches give the one that started."""
    playwright_build(tmp_path / "home/.cache/ms-playwright", 1255)
    chromium = program(tmp_path / "root/usr/bin/chromium")
    here = machine(tmp_path)
    assert prove_browser(None, here, starts=lambda path: path == chromium) == Browser(chromium, "chromium")
    assert find_browser(None, here) == Browser(chromium, "remembered")


def test_a_remembered_shell_is_not_given_to_show_a_window(tmp_path: Path) -> None:
    """What was proven unattended does not decide what is shown."""
    chromium = program(tmp_path / "root/usr/bin/chromium")
    shell = program(tmp_path / "root/usr/bin/chromium-headless-shell")
    here = machine(tmp_path)
    assert prove_browser(None, here, starts=lambda _: True).path == shell
    assert find_browser(None, here) == Browser(shell, "remembered")
    assert find_browser(None, here, headed=True) == Browser(chromium, "chromium")


def test_a_shell_that_was_installed_later_is_taken_before_the_remembered_browser(tmp_path: Path) -> None:
    """A machine that was prepared with a full browser works faster as soon as it has a shell."""
    chromium = program(tmp_path / "root/usr/bin/chromium")
    here = machine(tmp_path)
    assert prove_browser(None, here, starts=lambda _: True).path == chromium
    shell = program(tmp_path / "root/usr/bin/chromium-headless-shell")
    assert find_browser(None, here) == Browser(shell, "chromium")
    assert find_browser(None, here, headed=True) == Browser(chromium, "remembered")


def test_a_shell_that_did_not_start_is_passed_over_from_then_on(tmp_path: Path) -> None:
    """A shell without its libraries is not preferred to the browser that was seen to start."""
    chromium = program(tmp_path / "root/usr/bin/chromium")
    program(tmp_path / "root/usr/bin/chromium-headless-shell")
    here = machine(tmp_path)
    prove_browser(None, here, starts=lambda path: path == chromium)
    assert find_browser(None, here) == Browser(chromium, "remembered")


def test_a_remembered_browser_that_was_removed_is_forgotten(tmp_path: Path) -> None:
    """An uninstalled browser does not stop the search."""
    chromium = program(tmp_path / "root/usr/bin/chromium")
    here = machine(tmp_path)
    (here.prefix / REMEMBERED).write_text(str(tmp_path / "gone"), encoding="utf-8")
    assert find_browser(None, here) == Browser(chromium, "chromium")


def test_no_browser_that_starts_is_no_browser(tmp_path: Path) -> None:
    """Files that do not run are told like missing ones, and nothing is remembered."""
    program(tmp_path / "root/usr/bin/chromium")
    here = machine(tmp_path)
    with pytest.raises(BrowserMissing):
        prove_browser(None, here, starts=lambda _: False)
    assert not (here.prefix / REMEMBERED).exists()


@pytest.mark.browser
def test_the_browser_of_this_machine_starts(tmp_path: Path) -> None:
    """The trial start works with a real browser, not only with files named like one."""
    here = Machine(prefix=tmp_path)
    assert prove_browser(None, here).path.is_file()


def test_a_program_that_is_no_browser_does_not_pass_the_trial(tmp_path: Path) -> None:
    """An empty executable is refused by the trial start itself."""
    with pytest.raises(BrowserMissing):
        prove_browser(program(tmp_path / "chrome"), machine(tmp_path))
