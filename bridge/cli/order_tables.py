"""What does a person see of orders: the list, and all of one? Tables; programs get the same as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.app import App
from bridge.cli.languages import headings, language, say, word
from bridge.cli.outputs import Console, clock_time
from bridge.errors import Reason
from bridge.model.orders import Order
from bridge.model.postings import Attempt, Move, Posting, PostingState

AT_REST = (PostingState.POSTED, PostingState.CANCELLED)
BRIEF = 160  # characters of a reason
TABLE = 500  # postings, which is more than anybody reads


@dataclass(frozen=True)
class Story:
    """All that the ledger knows of one posting."""

    posting: Posting
    order: Order
    moves: Sequence[Move]
    attempts: Sequence[Attempt]


def story_of(posting: Posting, app: App) -> Story:
    """Ask the ledger for it."""
    ledger = app.store.ledger
    return Story(posting, ledger.order_of(posting), ledger.history(posting), ledger.attempts(posting))


def worded(reason: Reason | None) -> str:
    """A reason in the reader's words; nothing where there is none."""
    return reason.worded(language()) if reason else ""


def tell_list(console: Console, postings: Sequence[Posting], *, more: bool) -> None:
    """Show the postings, and where there are `more` that older ones are left out."""
    rows = [(p.reference, p.order_number, p.erp, word(p.state), p.document, p.attempts, _brief(p)) for p in postings]
    columns = headings("reference", "order", "ERP", "state", "document", "attempts", "reason")
    console.table(say("Orders"), columns, rows)
    if more:
        console.line(say("These are the newest {count}; --most lists more.", count=len(postings)))


def tell_story(console: Console, story: Story, app: App) -> None:
    """Show how it stands, what was ordered, every move and every attempt; times by the company's clocks."""
    posting = story.posting
    console.line(f"{posting.reference}  {word(posting.state)}  {posting.document or ''}  {worded(posting.reason)}")
    if posting.state not in AT_REST:
        console.line(_urgency(posting, app))
    _tell_content(console, story.order)
    _tell_moves(console, story.moves, app)
    _tell_attempts(console, story.attempts)


def _tell_content(console: Console, order: Order) -> None:
    title = f"{order.number} · {order.customer or '-'} · {order.total} {order.currency}"
    rows = [(x.position, x.item, x.description, x.quantity, x.unit_price) for x in order.lines]
    console.table(title, headings("line", "item", "description", "quantity", "price"), rows)


def _tell_moves(console: Console, moves: Sequence[Move], app: App) -> None:
    rows = [(clock_time(m.at, app), word(m.old), word(m.new), m.actor, worded(m.reason)) for m in moves]
    console.table(say("Moves"), headings("at", "from", "to", "who", "reason"), rows)


def _tell_attempts(console: Console, attempts: Sequence[Attempt]) -> None:
    rows = [(a.number, a.worker, a.user, word(a.phase), word(a.outcome), a.packet) for a in attempts]
    columns = headings("attempt", "worker", "user", "phase", "outcome", "evidence")
    console.table(say("The attempts"), columns, rows)


def _brief(posting: Posting) -> str:
    """The reason in a list; a whole screen of the ERP's stands in `orders show`."""
    text = worded(posting.reason)
    return text if len(text) <= BRIEF else f"{text[:BRIEF]}…"


def _urgency(posting: Posting, app: App) -> str:
    what = say("To do next: {work}.", work=word(posting.work))
    deadline = clock_time(posting.deadline, app)
    urgency = say("Priority {priority}, deadline {deadline}.", priority=posting.priority, deadline=deadline)
    return f"{what} {urgency}"
