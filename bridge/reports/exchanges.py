"""Was a column of words sorted by itself, so that they stand beside other breaks than those they were written for?

Or were cells pasted a row too low, or deleted so that those below moved up? Nothing proves it, as anybody may write
anything beside any break. But nobody moves several comments by hand, nor exchanges other words so that all are there.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping

from bridge.model.items import NoteField

MOST_EXCHANGED = 3  # of one word, a stock phrase too; there are few of them, so that two breaks swap them by intent
MOST_MOVED, MOST_MOVED_AMONG_NEW = 1, 2  # comments; one is moved where it was written beside the wrong break


def sorted_alone(field: NoteField, before: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> bool:
    """Whether the words of a field, by the break they stood and stand beside, look like it; blank is None.

    `before` are all words as issued, `now` those of the breaks that came back.
    """
    then = {item: before[item] for item in now}
    same = Counter(then.values()) == Counter(now.values())
    if field is NoteField.COMMENT:
        moved = _moved(before, now)
        return len(moved) > (MOST_MOVED if same else MOST_MOVED_AMONG_NEW) or moved.total() > MOST_EXCHANGED
    return same and sum(now[item] != word for item, word in then.items()) > MOST_EXCHANGED


def _moved(before: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> Counter[Hashable]:
    """The texts that no longer stand where they did, and do where they did not, each with how often that is so.

    What was copied stays at its place, and a cell that got a word that is nobody else's was written and not moved.
    """
    places: defaultdict[Hashable, set[str]] = defaultdict(set)
    for item, text in before.items():
        if text is not None:
            places[text].add(item)
    came = Counter(text for item, text in now.items() if text in places and item not in places[text])
    gone = Counter({text: sum(item in now and now[item] != text for item in places[text]) for text in came})
    moving = {None, *(came & gone)}
    left = {
        text: sum(item in now and now[item] != text and now[item] in moving for item in places[text]) for text in came
    }
    return came & Counter(left)
