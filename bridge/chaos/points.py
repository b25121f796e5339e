"""At which points of the nine steps is the bridge struck? Each is a call of a port, before it or after it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """Before or after the `nth` call of `call` within one attempt; 0 is any call.

    `sent` says that the document may or may not be in the ERP at this point.
    """

    name: str
    call: str
    after: bool = False
    nth: int = 1
    sent: bool = False


POINTS = (
    Point("claimed", "evidence.open_packet"),
    Point("before the order is read again", "crm.order"),
    Point("before the probe", "bot.search"),
    Point("after the probe", "bot.search", after=True),
    Point("before the form is opened", "bot.open_entry"),
    Point("before typing", "bot.type_order"),
    Point("after typing", "bot.type_order", after=True),
    Point("before the second reading", "crm.order", nth=2),
    Point("before the intent", "ledger.note_phase:intent"),
    Point("after the intent", "ledger.note_phase:intent", after=True),
    Point("before leave is noted", "ledger.note_phase:sent"),
    Point("leave noted, not given", "ledger.note_phase:sent", after=True, sent=True),
    Point("while Save is under way", "saving", sent=True),
    Point("answered", "bot.save", after=True, sent=True),
    Point("number noted", "ledger.note_phase:numbered", after=True, sent=True),
    Point("before the document is read", "bot.read_document", sent=True),
    Point("after the document is read", "bot.read_document", after=True, sent=True),
    Point("verified", "ledger.note_phase:verified", after=True, sent=True),
    Point("before posted", "ledger.end_posted", sent=True),
    Point("posted", "ledger.end_posted", after=True, sent=True),
)
BY_NAME = {point.name: point for point in POINTS}
