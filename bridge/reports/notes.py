"""What must a reader know of how the ERP's side was read, though nothing of it is wrong?"""

from collections.abc import Iterator

from bridge.locale import Phrase
from bridge.reports.inputs import Inputs, Passes


def notes_of(inputs: Inputs) -> tuple[Phrase, ...]:
    """How often the list was read, what was opened, how old the rest is, and what a list cannot show."""
    passes = inputs.documents.passes
    return (*(() if passes is None else _of_passes(passes)), *inputs.documents.limits)


def _of_passes(passes: Passes) -> Iterator[Phrase]:
    yield Phrase(
        "The ERP's list was read {passes} times; {opened} documents were opened, {kept} are as they were read before.",
        passes=passes.count,
        opened=passes.opened,
        kept=passes.kept,
    )
    if passes.oldest is not None:
        moment = passes.oldest.strftime("%Y-%m-%d %H:%M")
        yield Phrase("The oldest of those readings was made on {moment} (UTC).", moment=moment)
