"""What can a person see of an order, and decide about it?"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bridge.app import App
from bridge.cli import people
from bridge.cli.interruptions import ends_politely
from bridge.cli.languages import language
from bridge.cli.order_tables import TABLE, Story, story_of, tell_list, tell_story, worded
from bridge.cli.outputs import console_of, say, word
from bridge.entry import rehearse
from bridge.errors import HeldByPerson, MoveForbidden, NothingToRehearse, Reason
from bridge.model.postings import Phase, Posting, PostingState, Work
from bridge.scheduler import run_job

group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
S = PostingState

Ref = Annotated[str, typer.Argument(help=say("The order reference or the order number."))]
Why = Annotated[str, typer.Option("--reason", "-r", help=say("Why; it stands in the history."))]
AsJson = Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))]


def person() -> str:
    """Who is asking, as the history calls them."""
    return f"person:{people.person()}"


@group.command(
    "list", help=say("List postings, oldest first: the newest {count} in a table, all as JSON.", count=TABLE)
)
def list_orders(
    context: typer.Context,
    state: Annotated[list[PostingState] | None, typer.Option(help=say("Only these states."))] = None,
    erp: Annotated[str | None, typer.Option(help=say("Only this ERP."))] = None,
    most: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=say("At most so many, the newest; {count} in a table unless given, all as JSON.", count=TABLE),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List postings: as JSON all, as a table the newest unless told otherwise."""
    console = console_of(context)
    app = console.open_app()
    limit = most or (None if as_json else TABLE + 1)
    postings = app.store.ledger.postings(erp=erp, states=state or [], most=limit)
    if as_json:
        console.json({"orders": [posting_record(posting) for posting in postings]})
        return
    more = most is None and len(postings) > TABLE
    tell_list(console, postings[-TABLE:] if more else postings, more=more)


@group.command("urge", help=say("Say how urgent an order is: 0 comes first, 100 is usual."))
def urge_order(
    context: typer.Context,
    ref: Ref,
    priority: Annotated[int | None, typer.Option(min=0, help=say("The priority; 0 comes first."))] = None,
    deadline: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"], help=say("When it should be in the ERP, by our clocks.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change priority or deadline of one order, or both; what is not named stays."""
    app = console_of(context).open_app()
    posting = app.store.ledger.find(ref)
    moment = posting.deadline if deadline is None else deadline.replace(tzinfo=ZoneInfo(app.settings.zone))
    urgency = posting.priority if priority is None else priority
    posting = app.store.ledger.urge(posting, urgency, moment, person())
    _answer(context, posting, as_json=as_json)


@group.command("show", help=say("Show one order: its content, its moves, its attempts."))
def show_order(context: typer.Context, ref: Ref, as_json: AsJson = False) -> None:
    """Show one order."""
    console = console_of(context)
    app = console.open_app()
    story = story_of(app.store.ledger.find(ref), app)
    if as_json:
        console.json(story_record(story))
    else:
        tell_story(console, story, app)


@group.command("rerun", help=say("Have a failed, rejected, held or cancelled order tried again."))
def rerun(context: typer.Context, ref: Ref, reason: Why, as_json: AsJson = False) -> None:
    """Try again; what may be in the ERP already is settled, not typed."""
    console = console_of(context)
    app = console.open_app()
    posting = app.store.ledger.find(ref)
    _answer(context, _back_to_work(app, posting, reason), as_json=as_json)


@group.command("release", help=say("Release a held order."))
def release(context: typer.Context, ref: Ref, reason: Why, as_json: AsJson = False) -> None:
    """Release a held order."""
    console = console_of(context)
    app = console.open_app()
    posting = app.store.ledger.find(ref)
    if posting.state is not S.HELD:
        raise MoveForbidden(reference=posting.reference, state=posting.state.value, to=S.PENDING.value)
    _answer(context, _back_to_work(app, posting, reason), as_json=as_json)


@group.command("hold", help=say("Hold an order, so that it is not typed."))
def hold(context: typer.Context, ref: Ref, reason: Why, as_json: AsJson = False) -> None:
    """Hold an order."""
    console = console_of(context)
    app = console.open_app()
    posting = app.store.ledger.find(ref)
    why = HeldByPerson(person=people.person(), why=reason).reason
    _answer(context, app.store.ledger.move(posting, S.HELD, person(), why), as_json=as_json)


@group.command("settle", help=say("Find out in the ERP whether an order in doubt was stored."))
def settle(
    context: typer.Context,
    ref: Ref,
    reason: Why,
    not_in_erp: Annotated[
        bool,
        typer.Option(
            "--not-in-erp", help=say("You looked: the ERP does not hold it, or not the change. It will be typed again.")
        ),
    ] = False,
    document: Annotated[
        str, typer.Option(help=say("You looked: the ERP holds it under this number. It will be verified."))
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Settle an order in doubt, by searching or by a person's word; exit status 0 where it is settled."""
    console = console_of(context)
    app = console.open_app()
    ledger = app.store.ledger
    posting = ledger.find(ref)
    if posting.phase is not Phase.SENT or posting.state not in (S.IN_DOUBT, S.HELD):
        raise MoveForbidden(reference=posting.reference, state=posting.state.value, to="settled")
    if document:
        _answer(context, _stored_as(app, posting, document, reason), as_json=as_json)
        return
    if not_in_erp:
        if posting.state is S.IN_DOUBT:
            posting = ledger.move(posting, S.HELD, person(), _said(reason))
        _answer(context, ledger.move(posting, S.PENDING, person(), _said(reason), forget_phase=True), as_json=as_json)
        return
    if posting.state is S.HELD:
        ledger.move(posting, S.IN_DOUBT, person(), _said(reason))
    with console.progress(app, quiet=as_json), ends_politely(console, app.stopping):
        report = run_job(app, "post_orders")
    posting = ledger.posting(posting.id)
    _answer(context, posting, as_json=as_json)
    for trouble in report.troubles:
        console.note(trouble)
    if posting.state in (S.IN_DOUBT, S.HELD) or not report.ok:
        raise typer.Exit(1)


@group.command("dry-run", help=say("Type an order and read it back, but never save it."))
def dry_run(
    context: typer.Context,
    ref: Ref,
    headed: Annotated[bool, typer.Option("--headed", help=say("Show the browser."))] = False,
    as_json: AsJson = False,
) -> None:
    """Type and read back; exit status 0 where the screen shows what was meant."""
    console = console_of(context)
    app = console.open_app(headed=headed)
    posting = app.store.ledger.find(ref)
    if posting.work is not Work.ENTER:
        raise NothingToRehearse(reference=posting.reference, document=posting.document)
    with app.place(posting.erp) as place:
        shown = rehearse(replace(place.desk(), evidence=app.rehearsals), posting)
    record: dict[str, Any] = {
        "reference": posting.reference,
        "differences": [difference.phrase.worded(language()) for difference in shown.differences],
        "already_in_erp": shown.already,
        "evidence": str(app.data / "rehearsals" / shown.packet),
        "saved": False,
    }
    if as_json:
        console.json(record)
    else:
        same = say("The screen shows what was meant.") if not shown.differences else "\n".join(record["differences"])
        console.line(f"{same}\n{record['evidence']}")
    if shown.differences:
        raise typer.Exit(1)


def _stored_as(app: App, posting: Posting, document: str, reason: str) -> Posting:
    """A person's word for the number; the next run opens that document and verifies every value before it counts."""
    ledger = app.store.ledger
    if posting.state is S.HELD:
        posting = ledger.move(posting, S.IN_DOUBT, person(), _said(reason))
    claim = ledger.claim(posting, person(), timedelta(seconds=30))
    if claim is None:
        raise MoveForbidden(reference=posting.reference, state=posting.state.value, to=S.PENDING.value)
    ledger.note_phase(claim, Phase.NUMBERED, document)
    return ledger.end(claim, S.PENDING, person(), _said(reason))


def _back_to_work(app: App, posting: Posting, reason: str) -> Posting:
    """An order that may be stored already goes back to being in doubt, never to being typed."""
    state = S.IN_DOUBT if posting.phase is Phase.SENT and posting.state is S.HELD else S.PENDING
    return app.store.ledger.move(posting, state, person(), _said(reason))


def _said(reason: str) -> Reason:
    return HeldByPerson(person=people.person(), why=reason).reason


def _answer(context: typer.Context, posting: Posting, *, as_json: bool) -> None:
    console = console_of(context)
    if as_json:
        console.json(posting_record(posting))
    else:
        console.line(f"{posting.reference}: {word(posting.state)}")


def posting_record(posting: Posting) -> dict[str, Any]:
    """A posting as plain values."""
    return {
        "reference": posting.reference,
        "order_number": posting.order_number,
        "erp": posting.erp,
        "crm": posting.crm,
        "state": posting.state.value,
        "phase": posting.phase.value,
        "work": posting.work.value,
        "priority": posting.priority,
        "deadline": posting.deadline.isoformat() if posting.deadline else None,
        "document": posting.document,
        "attempts": posting.attempts,
        "reason": posting.reason.code if posting.reason else None,
        "reason_text": worded(posting.reason),
        "evidence": posting.packet,
        "updated_at": posting.updated_at.isoformat(),
    }


def story_record(story: Story) -> dict[str, Any]:
    """A posting with its order, moves and attempts as plain values."""
    order = story.order
    content = {
        "customer": order.customer,
        "currency": order.currency,
        "total": str(order.total),
        "lines": len(order.lines),
    }
    moves = [
        {"at": m.at.isoformat(), "from": m.old, "to": m.new, "actor": m.actor, "reason": worded(m.reason)}
        for m in story.moves
    ]
    attempts = [
        {"number": a.number, "worker": a.worker, "phase": a.phase, "outcome": a.outcome, "evidence": a.packet}
        for a in story.attempts
    ]
    return {**posting_record(story.posting), "order": content, "moves": moves, "attempts": attempts}
