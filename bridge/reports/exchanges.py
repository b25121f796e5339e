"""Was a column of words sorted by itself, so that they stand beside other breaks than those they were written for?

Nothing proves it, as anybody may write anything beside any break. But nobody exchanges words by hand so that all of
them are still there, to the last one.
"""

from collections import Counter
from collections.abc import Hashable, Mapping

from bridge.model.items import NoteField

MOST_EXCHANGED = 3  # statuses, owners, causes or days; there are few of them, so that two breaks swap them by intent
MOST_TEXTS, MOST_TEXTS_AMONG_NEW = 1, 2  # comments; one is moved where it was written beside the wrong break


def sorted_alone(field: NoteField, before: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> bool:
    """Whether the words of a field, by the break they stood and stand beside, look like it; blank is None."""
    then = {item: before[item] for item in now}
    moved = [item for item, word in then.items() if now[item] != word]
    same = Counter(then.values()) == Counter(now.values())
    if field is not NoteField.COMMENT:
        return same and len(moved) > MOST_EXCHANGED
    texts = {then[item] for item in moved} - {None}
    return _all_there(then, now) and len(texts) > (MOST_TEXTS if same else MOST_TEXTS_AMONG_NEW)


def _all_there(then: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> bool:
    """Whether each text that was there is there as often as before, whatever is new."""
    known = Counter(text for text in then.values() if text is not None)
    return known == Counter(text for text in now.values() if text in known)
