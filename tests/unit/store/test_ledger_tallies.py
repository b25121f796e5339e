"""Is what the ledger says of its postings' states what it holds?"""

from collections import Counter

import pytest

from bridge.model.postings import PostingState
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import WAYS, order, take

S = PostingState


def counted(store: Store) -> dict[str, int]:
    """By looking at each."""
    return dict(Counter(posting.state.value for posting in store.ledger.postings()))


@pytest.mark.parametrize("state", S)
def test_every_way_of_a_posting_is_tallied(store: Store, state: PostingState) -> None:
    """Whatever moves it, and also what was moved away again leaves nothing behind."""
    WAYS[state](store)
    assert dict(store.ledger.counts()) == counted(store) == {state.value: 1}


def test_nothing_is_tallied_that_was_not_kept(store: Store) -> None:
    """A page that fails takes its tally with it."""
    take(store)

    def fail() -> None:
        with store.cursors.page("suite", "1") as page:
            page.take(order(2), "harbour", "SUI-2", S.PENDING, None, "job")
            raise LookupError("the page breaks")

    with pytest.raises(LookupError, match="breaks"):
        fail()
    assert dict(store.ledger.counts()) == {"pending": 1}
