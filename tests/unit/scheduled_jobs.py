"""What runs in a schedule that is doubted? Jobs that note what they do in the data folder."""

import threading
from contextlib import suppress

from bridge.app import App
from bridge.engine.duties import Duty
from bridge.job_reports import JobReport
from bridge.ports import Search
from tests.fakes import FakeCrm
from tests.unit.seat_bots import plan

TOY = "toy"
_one_at_a_time = threading.Lock()


def note(app: App, text: str) -> None:
    """Keep it, whoever else notes something just now."""
    with _one_at_a_time, (app.data / "notes.txt").open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def notes(app: App) -> list[str]:
    """What was noted."""
    with suppress(FileNotFoundError):
        return (app.data / "notes.txt").read_text(encoding="utf-8").splitlines()
    return []


def quick(app: App) -> JobReport:
    """Done at once."""
    note(app, "quick")
    return JobReport("quick", {"done": 1})


def slow(app: App) -> JobReport:
    """Goes on until there is a file "go", and stops early where it is asked to."""
    note(app, "slow begins")
    while app.time_left() and not (app.data / "go").exists():
        app.clock.wait(0.02)
    note(app, "slow ends")
    return JobReport("slow")


def other(app: App) -> JobReport:
    """The same in another lane."""
    note(app, "other begins")
    while app.time_left() and not (app.data / "go").exists():
        app.clock.wait(0.02)
    note(app, "other ends")
    return JobReport("other")


def stubborn(app: App) -> JobReport:
    """Goes on until there is a file "go", whoever asks it to stop."""
    note(app, "stubborn begins")
    while not (app.data / "go").exists():
        threading.Event().wait(0.02)
    note(app, "stubborn ends")
    return JobReport("stubborn")


def broken(app: App) -> JobReport:
    """Breaks."""
    note(app, "broken")
    raise ZeroDivisionError("division by zero")


def seated(app: App) -> JobReport:
    """Waits for a seat that never answers, deaf to being asked to end."""
    with app.place(TOY, toy_duty(app)) as place:
        try:
            place.seat().search(Search(reference="endless"))
        finally:
            note(app, "seat is gone")
    return JobReport("seated")


def toy_duty(app: App) -> Duty:
    """A seat for a clerk in an ERP that there is not."""
    seat = plan("Clerk", app.data / "seat.txt")
    return Duty(
        erp=TOY,
        profile=seat.profile,
        crm=FakeCrm(TOY),
        users=("Clerk",),
        plan=lambda _user: seat,
        cut_over=app.clock.now,
        closed=lambda _at: None,
    )


def deaf(app: App) -> JobReport:
    """Never ends."""
    note(app, "deaf")
    threading.Event().wait()
    return JobReport("deaf")
