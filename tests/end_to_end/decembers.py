"""Does every break of the real December 2010 stay accounted for, day by day, while people change and comment?

python -m tests.end_to_end.decembers [CSV ...] [--days 21] [--orders-per-day N] [--language zh_CN] [--window DAYS]

Each day the CRM gets its real orders, the jobs run, people at both ends do what nobody tells the bridge, the books are
reconciled, and the workbook is held against a count of its own. Exit status 1 on the first disagreement.
"""

import argparse
import calendar
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bridge.log import start_log
from bridge.reports.replays import chain_findings, replayed
from sandbox.crm.loading import EXCERPT, read_invoices
from tests.end_to_end.december_books import Book
from tests.end_to_end.december_checks import Disagreement, agree, check
from tests.end_to_end.december_counts import Count, Moves
from tests.end_to_end.december_days import Days
from tests.end_to_end.december_desks import Desk
from tests.end_to_end.december_people import Clerk, Seller
from tests.end_to_end.december_truths import Seen, truths
from tests.end_to_end.december_worlds import ERP, World, world

PEOPLE_TO_ORDERS = 15  # of so many orders a day one is touched by each kind of deed
SIGN_EVERY, LATE_EVERY, DELETE_EVERY, ADOPT_EVERY = 3, 4, 2, 2


@dataclass(frozen=True)
class Line:
    """One day, as it is printed."""

    day: date
    orders: int
    documents: int
    opening: int
    new: int
    reopened: int
    resolved: int
    closing: int
    changed: int
    comments: int
    verdict: str
    seconds: float


@dataclass
class December:
    """One run; every day is held against its own count."""

    world: World
    invoices: Mapping[date, Sequence[Mapping[str, Any]]]
    chance: Random
    window: int | None = None
    count: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        orders = [order for day in self.invoices.values() for order in day]
        customers = {o["customer"]["code"]: o["customer"]["name"] for o in orders if o["customer"]}
        items = {line["item"]: line for order in orders for line in order["lines"]}
        self.world.know(customers, items)
        self.seller = Seller(self.world, self.chance)
        self.clerk = Clerk(self.world, self.chance, sorted(customers))
        self.desk = Desk(self.world, self.count, self.chance)

    def days(self) -> Iterator[Line]:
        """Live through the days, one line each; raises Disagreement."""
        for place, day in enumerate(self.invoices):
            begun = time.monotonic()
            moves, book = self._day(place, day)
            yield Line(
                day=day,
                orders=len(self.invoices[day]),
                documents=len(self.world.documents()),
                opening=moves.opening,
                new=len(moves.new),
                reopened=len(moves.reopened),
                resolved=len(moves.before),
                closing=moves.closing,
                changed=len(moves.changed),
                comments=self.desk.comments,
                verdict=book.verdict,
                seconds=time.monotonic() - begun,
            )

    def _day(self, place: int, day: date) -> tuple[Moves, Book]:
        share = max(1, len(self.invoices[day]) // PEOPLE_TO_ORDERS)
        self._sell(place, day, share)
        self._carry(day)
        self._meddle(place, day, share)
        # a little later each day, as nobody's evening begins to the second
        at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20, minutes=5 * place)
        moves, book, seen = self._reconciled(at)
        self._comment(place, day, share, book)
        self._sign(place, at, seen)
        return moves, book

    def _sell(self, place: int, day: date, share: int) -> None:
        self.world.set(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=7))
        if place:
            self.seller.change(share)
            self.seller.tidy(share)
            self.seller.delete(place % DELETE_EVERY == 0)
        self.seller.enter(self.invoices[day][:-1])

    def _carry(self, day: date) -> None:
        """What the schedule does of itself."""
        self.world.set(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9))
        for job in ("take_orders", "post_orders", "read_status", "tell_crm"):
            report = self.world.run(job)
            agree(f"troubles of {job}", [each for each in report.troubles if not self._is_gone(each)], [])
            if job in {"post_orders", "read_status"}:
                self.world.note_statuses(new_only=job == "post_orders")

    def _is_gone(self, trouble: str) -> bool:
        """Whether it only says that the CRM cannot be told of an order that it has no more."""
        return any(f"There is no order {each}." in trouble for each in self.seller.deleted)

    def _meddle(self, place: int, day: date, share: int) -> None:
        self.world.set(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=17))
        clerk = self.clerk
        clerk.sign_on()
        clerk.break_again(share)
        clerk.correct(share * 2)
        clerk.worsen(share)
        clerk.alter_some(share)
        clerk.enter_some(share, day)
        clerk.cancel_some(share if place else 0)
        clerk.ship_some(share)
        self.seller.late(share)
        for order_id in self.seller.enter(self.invoices[day][-1:]):
            order = self.world.site.crm.order(order_id)
            if place % ADOPT_EVERY == 0 and order["customer"]:
                clerk.adopt(order)

    def _reconciled(self, at: datetime) -> tuple[Moves, Book, Seen]:
        world = self.world
        world.set(at)
        seen = world.seen(self.count.carried(self._asked(at.date())))
        report = world.run("reconcile")
        moves = self.count.move(truths(seen), at)
        book = Book(Path(report.facts["workbook"]), world.app.language)
        check(book, seen, self.count, moves, at)
        agree("verdict of the job", book.says(str(report.facts["verdict"])), book.verdict)
        statement = world.app.store.statements.newest(ERP)
        agree("number of the statement", statement and statement.number, self.count.made)
        agree("breaks in the chain", statement and statement.open_items, moves.closing)
        if self.window is None:
            self.desk.check_signed(book, _signature(seen, self.count))
        return moves, book, seen

    def _asked(self, day: date) -> Days:
        if self.window is not None:
            return Days(day - timedelta(days=self.window), day)
        first = min(self.invoices).replace(day=1)
        self.world.app.period = (first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
        return Days(*self.world.app.period)

    def _comment(self, place: int, day: date, share: int, book: Book) -> None:
        stood = dict(self.count.open)
        number = self.count.made
        self.desk.write(book, number, day, share)
        if place % LATE_EVERY == LATE_EVERY - 1:
            self.desk.write_late(day)
        self.desk.yesterday = (number, book, stood)

    def _sign(self, place: int, at: datetime, seen: Seen) -> None:
        """Every few days the books are signed, and looked at once more the same evening."""
        if place % SIGN_EVERY != SIGN_EVERY - 1:
            return
        statement = self.world.app.store.statements.newest(ERP)
        if statement is not None:
            self.desk.sign(statement, signature=_signature(seen, self.count))
        moves, _, _ = self._reconciled(at + timedelta(minutes=2))
        agree(
            "what moved in two minutes",
            (moves.new, moves.reopened, moves.changed, moves.before),
            (set(), set(), set(), {}),
        )

    def end(self) -> int:
        """All statements are linked, and come out again to the byte; how many there are."""
        office = self.world.office
        agree("the chain", [str(what) for _, what in chain_findings(office, ERP)], [])
        statements = office.statements.statements(ERP)
        for statement in statements:
            agree(f"made again: {statement.workbook}", replayed(statement, office).same, wanted=True)
        return len(statements)


def _signature(seen: Seen, count: Count) -> object:
    """All that a signature stands for."""
    values = {key: truth.values for key, truth in count.open.items()}
    released = sum(order["status"] == "released" for order in seen.orders)
    live = sum(each.status != "Cancelled" for each in seen.documents)
    return (values, dict(seen.sums), released, live)


def dealt(files: Sequence[Path], days: int, each_day: int | None) -> dict[date, list[dict[str, Any]]]:
    """The orders of each day from the first date on; with a number for each day, what is left over fills later ones."""
    own: defaultdict[date, list[dict[str, Any]]] = defaultdict(list)
    for file in files:
        for order in read_invoices(file):
            own[date.fromisoformat(order["order_date"])].append(order)
    first, left = min(own), list[dict[str, Any]]()
    found: dict[date, list[dict[str, Any]]] = {}
    for place in range(days):
        day = first + timedelta(days=place)
        count = len(own[day]) if each_day is None else each_day
        room = max(0, count - len(own[day]))
        found[day] = own[day][:count] + left[:room]
        left = left[room:] + own[day][count:]
    return found


@contextmanager
def december(folder: Path, files: Sequence[Path], options: argparse.Namespace) -> Iterator[December]:
    """A run in that folder."""
    orders = dealt(files, options.days, options.orders_per_day)
    with world(folder, options.language, options.seats, options.window) as found:
        yield December(found, orders, Random(options.seed), options.window)


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.decembers", description=__doc__)
    parser.add_argument(
        "files", nargs="*", type=Path, default=[EXCERPT], help="CSV or CSV.gz of the Online Retail data"
    )
    parser.add_argument("--days", type=int, default=21)
    parser.add_argument("--orders-per-day", type=int, help="all of a day unless given")
    parser.add_argument("--language", default="en", choices=("en", "zh_CN"))
    parser.add_argument(
        "--window", type=int, help="look at the last so many days, as the daily job does, not the month"
    )
    parser.add_argument("--seats", type=int, default=1, choices=(1, 2))
    parser.add_argument("--seed", type=int, default=2010)
    parser.add_argument("--keep", type=Path, help="a new folder that the installation with its statements stays in")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per day and a total; 1 on the first disagreement."""
    options = options_of(arguments)
    lines: list[Line] = []
    sys.stdout.write(" | ".join(each.name for each in fields(Line)) + "\n")
    start_log(None)
    with _folder(options.keep) as folder, december(folder, options.files, options) as run:
        try:
            for line in run.days():
                lines.append(line)
                sys.stdout.write(_told(line))
                sys.stdout.flush()
            statements = run.end()
        except Disagreement as error:
            sys.stdout.write(f"{error}\n")
            return 1
        desk = run.desk
    sys.stdout.write(
        f"{len(lines)} days, {sum(each.orders for each in lines)} orders, {statements} statements, each made again to "
        "the byte; "
        f"{sum(each.new for each in lines)} new, {sum(each.reopened for each in lines)} reopened, "
        f"{sum(each.resolved for each in lines)} resolved, {sum(each.changed for each in lines)} changed; "
        f"{desk.comments} comments, {desk.stood} signatures stood, {desk.lapsed} lapsed\n"
    )
    return 0


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """The folder that is asked for, else one that is gone afterwards."""
    if kept is not None:
        kept.mkdir(parents=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _told(line: Line) -> str:
    return " | ".join(f"{value:.0f}" if isinstance(value, float) else str(value) for value in astuple(line)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
