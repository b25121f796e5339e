"""What must a reader know of how the ERP's side was read, though nothing of it is wrong?"""

from collections.abc import Iterator

from bridge.locale import Phrase
from bridge.reports.inputs import Inputs, ListPasses, Lookups


def notes_of(inputs: Inputs) -> tuple[Phrase, ...]:
    """How often the list was read, what was opened, how old the rest is, and what a list cannot show."""
    side = inputs.documents
    return (*(() if side.passes is None else _of_passes(side.passes)), *_of_lookups(side.lookups), *side.limits)


def _of_passes(passes: ListPasses) -> Iterator[Phrase]:
    yield Phrase(
        "The ERP's list was read {passes} times; {opened} documents were opened, {kept} are as they were read before.",
        passes=passes.count,
        opened=passes.opened,
        kept=passes.kept,
    )
    if passes.oldest is not None:
        moment = passes.oldest.strftime("%Y-%m-%d %H:%M")
        yield Phrase("The oldest of those readings was made on {moment} (UTC).", moment=moment)


def _of_lookups(lookups: Lookups) -> Iterator[Phrase]:
    if lookups.asked:
        yield Phrase(
            "{asked} documents that were entered or are still open are not in the ERP's list of these days and were "
            "looked up by number; {found} of them are on file, and are compared and counted.",
            asked=len(lookups.asked),
            found=len(lookups.found),
        )
