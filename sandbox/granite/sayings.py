"""What does Granite say? Its texts with their values, before they are put into the words of a skin."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Saying:
    """One text in English, with places for its values; `{status}` is a word that is translated too."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


def saying(text: str, **values: object) -> Saying:
    """A text with its values."""
    return Saying(text, {name: str(value) for name, value in values.items()})


class RefusedError(Exception):
    """Granite says no; `said` is what the clerk reads."""

    def __init__(self, said: Saying) -> None:
        super().__init__(said.text)
        self.said = said


def refused(text: str, **values: object) -> RefusedError:
    """The refusal with that text."""
    return RefusedError(saying(text, **values))


EXPIRED = Saying("SY-009 Session expired!")
NO_CUSTOMER = Saying("SO-104 Customer not on file")
NO_DATE = Saying("SO-110 Invalid date")
NO_CURRENCY = Saying("SO-112 Currency not on file")
NO_LINES = Saying("SO-140 No order lines")
NO_ITEM = Saying("IN-020 Item not on file")
NO_ORDER = Saying("SO-120 Order not on file")
NOT_LICENSED = Saying("SY-041 Function not licensed")
FORM_OPEN = Saying("SO-175 Close the open order first")
