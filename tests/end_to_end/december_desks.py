"""What does finance do with the day's workbook? It writes beside breaks, gives the file back, and signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from bridge.model.statements import Role, Statement
from bridge.reports.receptions import Received, received
from bridge.reports.signings import NotToBeSigned, signed
from tests.end_to_end.december_books import Book, written
from tests.end_to_end.december_checks import CAUSES, STATUSES, Disagreement, agree
from tests.end_to_end.december_counts import Count, Said
from tests.end_to_end.december_truths import Key, Truth
from tests.end_to_end.december_worlds import World

TEXTS = ("客户来电更正 {day}", "-{day}: the clerk is asked", "to be credited, {day}", "{day} 已与仓库核对, see mail")
PEOPLE = ("Li", "王芳", "Smith")
PREPARER, REVIEWER = "wang", "zhao"
Fields = dict[str, Any]


@dataclass
class Desk:
    """Who works with the workbooks.

    `yesterday` is the last one, its number and how everything stood in it; `signature` what was signed for last.
    """

    world: World
    count: Count
    chance: Random
    yesterday: tuple[int, Book, Mapping[Key, Truth]] | None = None
    signature: object = None
    comments: int = 0
    stood: int = 0
    lapsed: int = 0

    def write(self, book: Book, number: int, day: date, share: int) -> None:
        """Write beside some breaks of the statement of that number, save, and give the workbook back."""
        chosen = self.chance.sample(sorted(book.breaks), min(share * 3, len(book.breaks)))
        wished = {key: self._wish(key, day) for key in chosen}
        wanted = sum(self._stands(key, name) != value for key, wish in wished.items() for name, value in wish.items())
        taken = self._give_back(book, wished, day)
        agree(f"refused of {book.path.name}", [str(each.why) for each in taken.edits.refusals], [])
        agree(f"taken of {book.path.name}", len(taken.edits.notes), wanted)
        for key, wish in wished.items():
            self._keep(key, wish, number, self.count.open[key])
        self.comments += sum("comment" in wish for wish in wished.values())

    def write_late(self, day: date) -> None:
        """Give back yesterday's workbook: what was written since beside the same break stays what it is."""
        if self.yesterday is None:
            return
        number, book, then = self.yesterday
        since = {key for (key, name), said in self.count.said.items() if name == "comment" and said.statement >= number}
        fresh = sorted(key for key in book.breaks if key not in since)[:2]
        stale = sorted(key for key in since if key in book.breaks)[:2]
        wished = {key: {"comment": f"late word of {day}, {place}"} for place, key in enumerate(fresh + stale)}
        taken = self._give_back(book, wished, day, "somebody else")
        refused = sorted(each.item_id for each in taken.edits.refusals)
        agree("refused of yesterday's workbook", refused, sorted(self.count.names[key] for key in stale))
        for key in fresh:
            self._keep(key, wished[key], number, then[key])
        self.comments += len(fresh)

    def sign(self, statement: Statement, *, signature: object) -> None:
        """One person prepares, another reviews, and nobody does both."""
        now = self.world.clock.now()
        self._sign_in_vain(statement, Role.REVIEWER, REVIEWER, now)
        signed(statement, Role.PREPARER, PREPARER, self.world.office, now)
        self._sign_in_vain(statement, Role.REVIEWER, PREPARER, now)
        signed(statement, Role.REVIEWER, REVIEWER, self.world.office, now)
        self.signature = signature

    def check_signed(self, book: Book, signature: object) -> None:
        """The names stand beside the period; they stand for it only while its values are those that were signed."""
        if self.signature is None:
            agree("signed by", book.signed, {})
            return
        stands = signature == self.signature
        wanted = {"preparer": (PREPARER, stands), "reviewer": (REVIEWER, stands)}
        agree("signed by", book.signed, wanted)
        self.stood, self.lapsed = self.stood + stands, self.lapsed + (not stands)

    def _sign_in_vain(self, statement: Statement, role: Role, person: str, at: datetime) -> None:
        try:
            signed(statement, role, person, self.world.office, at)
        except NotToBeSigned:
            return
        raise Disagreement(f"{person} could sign {statement.workbook} as {role}")

    def _wish(self, key: Key, day: date) -> Fields:
        """What somebody has to say of one break."""
        if self.count.says(key, "comment") and self.chance.random() < 0.2:
            return {"comment": ""}
        wish: Fields = {"comment": self.chance.choice(TEXTS).format(day=day)}
        wish["owner"] = self.chance.choice(PEOPLE)
        wish["status"] = self.chance.choice(("in_progress", "explained", "corrected", "accepted"))
        if self.chance.random() < 0.5:
            wish["due"] = (day + timedelta(days=7)).isoformat()
            wish["cause"] = self.chance.choice(sorted(CAUSES))
        return wish

    def _give_back(self, book: Book, wished: Mapping[Key, Fields], day: date, author: str = "finance") -> Received:
        folder = self.world.site.folder / "given back"
        folder.mkdir(exist_ok=True)
        cells = {key: {name: _cell(book, name, value) for name, value in wish.items()} for key, wish in wished.items()}
        path = written(book, folder / f"{day}-{len(list(folder.iterdir()))}.xlsx", cells)
        return received(path, self.world.office, author, self.world.clock.now())

    def _stands(self, key: Key, name: str) -> str:
        """What stands there for whoever opens the workbook; a status that lapsed can be given once more."""
        return self.count.status(key, self.count.open[key].values) if name == "status" else self.count.says(key, name)

    def _keep(self, key: Key, wish: Fields, number: int, truth: Truth) -> None:
        for name, value in wish.items():
            if name == "status" or self.count.says(key, name) != value:
                self.count.said[key, name] = Said(value, number, truth.values)


def _cell(book: Book, name: str, value: str) -> Any:
    """The value as a person puts it into the cell."""
    if name == "status":
        return book.says(STATUSES[value])
    if name == "cause":
        return book.says(CAUSES[value])
    if name == "due":
        return datetime.combine(date.fromisoformat(value), time())
    return value or None
