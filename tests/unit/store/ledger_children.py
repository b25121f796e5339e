"""Processes that share a ledger with a test: `python ledger_children.py claim|stop|page URL`."""

import sys
import threading

from bridge.model.postings import Phase, PostingState
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import CRM, ERP, MINUTE, StandingClock, claimed, order, reference, take


def say(text: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def claim_all(store: Store, name: str) -> None:
    """Claim and end everything that is due, when told to begin, and say what was claimed."""
    say("ready")
    sys.stdin.readline()
    for posting in store.ledger.due(ERP, StandingClock().now()):
        claim = store.ledger.claim(posting, name, MINUTE)
        if claim is not None:
            store.ledger.note_phase(claim, Phase.INTENT)
            say(str(posting.id))
    say("done")


def wait_to_be_killed() -> None:
    """Never return."""
    threading.Event().wait()


def send_and_stop(store: Store) -> None:
    """Commit "sent" and stand still."""
    claim = claimed(store, take(store))
    store.ledger.note_phase(claim, Phase.INTENT)
    store.ledger.note_phase(claim, Phase.SENT)
    say("committed")
    wait_to_be_killed()


def stop_inside_a_page(store: Store) -> None:
    """Stand still with an order taken and the page still open."""
    with store.cursors.page(CRM, "cursor") as page:
        page.take(order(2), ERP, reference(2), PostingState.PENDING, None, "job")
        say("inside")
        wait_to_be_killed()


def main(task: str, url: str, name: str = "") -> None:
    """Do the task."""
    with open_ledger(url, StandingClock()) as store:
        match task:
            case "claim":
                claim_all(store, name)
            case "send":
                send_and_stop(store)
            case _:
                stop_inside_a_page(store)


if __name__ == "__main__":
    main(*sys.argv[1:])
