"""How long do hosts and operators wait for a ledger with a million postings?

python -m tests.bench.big_ledgers [--postings N] [--url URL] [--sqlite-only]: fills a new ledger on SQLite, and one on a
PostgreSQL of its own (or the empty one at the URL), in sets: nearly all are posted, some thousands wait, are held or in
doubt, each with its revision, attempt, moves and message. Then it asks what the product asks, ten times each, and
prints median and longest in milliseconds. The promise is 50 ms.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import text

from bridge.model.guards import Breaker, Rate
from bridge.model.postings import PostingState, Terms
from bridge.store.circuits import exceeds
from bridge.store.databases import Database
from bridge.store.ledgers import Store, open_ledger
from bridge.store.order_texts import write_order
from tests.postgres_servers import available, postgres_server
from tests.unit.store.ledger_samples import ERP, MINUTE, NOVEMBER, StandingClock, order

S = PostingState
TIMES = 10
PROMISE = 50.0
STAMPS = 20_000
LOCAL = timedelta(hours=1)
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
STATE = """CASE WHEN i % 400 = 0 THEN 'pending' WHEN i % 400 = 1 THEN 'held' WHEN i % 2000 = 2 THEN 'in_doubt'
    WHEN i % 1000 = 3 THEN 'rejected' WHEN i % 1000 = 4 THEN 'failed' WHEN i % 500 = 5 THEN 'cancelled'
    WHEN i % 50000 = 6 THEN 'claimed' ELSE 'posted' END"""
POSTED = "p.state = 'posted'"
FILLING = {
    "postings": NUMBERS
    + f"""INSERT INTO postings (reference, erp, crm, order_id, order_number, order_sequence, revision, customer,
    ordered_on, state, phase, document, attempts, token, taken_at, updated_at, verified_at, posted_at, posted_sequence,
    lease_until, worker)
    SELECT 'SUI-' || i, CASE WHEN i % 10 = 9 THEN 'granite' ELSE 'harbour' END, 'suite', 'id-' || i, 'SO' || i, 1,
    'r1', 'C-' || (i % 5000), '2026-01-01', {STATE}, CASE WHEN i % 2000 = 2 THEN 'sent' ELSE 'none' END,
    CASE WHEN {STATE} = 'posted' THEN 'D-' || i END, 1, 1, t.at, t.at, CASE WHEN {STATE} = 'posted' THEN t.at END,
    CASE WHEN {STATE} = 'posted' THEN t.at END, CASE WHEN {STATE} = 'posted' THEN 1 END,
    CASE WHEN i % 50000 = 6 THEN t.at END, CASE WHEN i % 50000 = 6 THEN 'host-1/1' END
    FROM n JOIN stamps t ON t.id = 1 + i / (1 + :most / :stamps)""",
    "tallies": "INSERT INTO tallies (state, postings) SELECT state, count(*) FROM postings GROUP BY state",
    "order_revisions": """INSERT INTO order_revisions (posting_id, sequence, revision, status, order_text, state,
    actor, taken_at) SELECT id, 1, revision, 'released', :order, 'pending', 'take_orders', taken_at FROM postings""",
    "attempts": """INSERT INTO attempts (posting_id, number, revision, worker, started_at, ended_at, phase, outcome)
    SELECT id, 1, revision, 'host-1/1', taken_at, updated_at, phase, state FROM postings""",
    "moves": """INSERT INTO moves (posting_id, at, old, new, actor) SELECT p.id, p.taken_at, w.old, w.new, 'host-1/1'
    FROM postings p CROSS JOIN (SELECT NULL AS old, 'pending' AS new UNION ALL SELECT 'pending', 'claimed'
    UNION ALL SELECT 'claimed', 'posted') w""",
    "outbox": f"""INSERT INTO outbox (posting_id, crm, order_id, order_number, sequence, erp, document, status, message,
    created_at, told_at, tries) SELECT p.id, p.crm, p.order_id, p.order_number, 1, p.erp, p.document, 'entered', '',
    p.posted_at, p.posted_at, 1 FROM postings p WHERE {POSTED}""",
    "document_states": f"""INSERT INTO document_states (erp, number, status, posting_id, seen_at, changed_at)
    SELECT p.erp, p.document, 'invoiced', p.id, p.posted_at, p.posted_at FROM postings p WHERE {POSTED}""",
}


def fill(database: Database, most: int) -> float:
    """A ledger of so many postings; how many seconds it took."""
    begun = time.perf_counter()
    moments = (NOVEMBER - timedelta(minutes=STAMPS - number) for number in range(STAMPS))
    stamps = [{"id": number, "at": _text(moment)} for number, moment in enumerate(moments, 1)]
    known = {"most": most, "stamps": STAMPS, "order": write_order(order())}
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE stamps (id INTEGER PRIMARY KEY, at VARCHAR(27))"))
        connection.execute(text("INSERT INTO stamps VALUES (:id, :at)"), stamps)
    for command in FILLING.values():
        with database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(command), {name: known[name] for name in known if f":{name}" in command})
    with database.writing() as connection:
        connection.execute(text("DROP TABLE stamps"))
        connection.execute(text("ANALYZE"))
    return time.perf_counter() - begun


def questions(store: Store, clock: StandingClock, most: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the product asks, by name."""
    ledger, now = store.ledger, clock.now()
    numbers = (f"SO{number}" for number in count(most // 2 + 8, 37))
    waiting = iter(ledger.due(ERP, now))
    terms = Terms("rpa1", None, Rate(10**6, LOCAL), Breaker())
    one = ledger.find(f"SO{most // 2 + 8}")
    yield "due(erp, now, 10)", lambda: ledger.due(ERP, now, 10)
    yield "claim with rate and breaker", lambda: ledger.claim(next(waiting), "host-1/1", MINUTE, terms)
    yield "lapsed(erp)", lambda: ledger.lapsed(ERP)
    yield "counts()", ledger.counts
    yield "(counting the rows instead)", lambda: _count_rows(store)
    yield "find(order number)", lambda: ledger.find(next(numbers))
    yield "find(reference)", lambda: ledger.find(one.reference)
    yield "find(document)", lambda: ledger.find(one.document or "")
    yield "postings(erp, [held]), all", lambda: ledger.postings(erp=ERP, states=[S.HELD])
    yield "postings([held], newest 500)", lambda: ledger.postings(states=[S.HELD], most=500)
    yield "postings(newest 500)", lambda: ledger.postings(most=500)
    yield "postings([claimed])", lambda: ledger.postings(states=[S.CLAIMED])
    yield "backlog(now)", lambda: ledger.backlog(now)
    yield "control_reference(erp)", lambda: ledger.control_reference(ERP)
    yield "customer_was_posted", lambda: ledger.customer_was_posted(ERP, "C-77", NOVEMBER - timedelta(days=30))
    yield "customer_was_posted, never", lambda: ledger.customer_was_posted(ERP, "C-none", NOVEMBER)
    yield "reference_owner", lambda: ledger.reference_owner(ERP, one.reference)
    yield "history and attempts of one", lambda: (ledger.history(one), ledger.attempts(one))
    yield "order_of one", lambda: ledger.order_of(one)
    yield "rate of the last hour", lambda: _count_rate(store, clock)
    yield "messages to be told", lambda: store.outbox.waiting("suite")


def measured(asked: Callable[[], object]) -> tuple[float, float]:
    """Median and longest, in milliseconds."""
    spent = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        asked()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent), max(spent)


def measure(url: str, most: int) -> Mapping[str, tuple[float, float]]:
    """Fill a ledger there, and ask."""
    clock = StandingClock()
    with open_ledger(url, clock) as store:
        print(f"{store.database.name}: filled in {fill(store.database, most):.0f} s")
        return {name: measured(asked) for name, asked in questions(store, clock, most)}


def table(found: Mapping[str, Mapping[str, tuple[float, float]]]) -> None:
    """One line for each question."""
    print("| question | " + " | ".join(f"{name} median | longest" for name in found) + " |")
    print("|---|" + "---:|---:|" * len(found))
    for question in next(iter(found.values())):
        answers = [f"{found[name][question][0]:.1f} | {found[name][question][1]:.1f}" for name in found]
        late = any(found[name][question][0] > PROMISE for name in found)
        print(f"| {question}{' (!)' if late else ''} | " + " | ".join(answers) + " |")


def _count_rate(store: Store, clock: StandingClock) -> bool:
    with store.database.reading() as connection:
        return exceeds(connection, ERP, clock.now(), Rate(10**6, LOCAL))


def _count_rows(store: Store) -> int:
    with store.database.reading() as connection:
        return len(connection.execute(text("SELECT state, count(*) FROM postings GROUP BY state")).all())


def _text(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", ".000000Z")


def main() -> None:
    """Fill, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--url", default="", help="an empty PostgreSQL database")
    parser.add_argument("--sqlite-only", action="store_true")
    told = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        urls = {"SQLite": f"sqlite:///{(folder / 'ledger.db').as_posix()}"}
        if told.url:
            urls["PostgreSQL"] = told.url
        elif available() and not told.sqlite_only:
            urls["PostgreSQL"] = stack.enter_context(postgres_server()).new_database()
        table({name: measure(url, told.postings) for name, url in urls.items()})


if __name__ == "__main__":
    main()
