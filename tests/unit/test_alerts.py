"""Does a notice reach whoever wants it, and is it said when it does not?"""

import pytest

from bridge.alerts import NoticeNotSent, send
from tests.unit.webhooks import webhook


def test_a_notice_reaches_its_target_as_it_was_written() -> None:
    """Title and text, Chinese ones too."""
    with webhook() as chat:
        send("finance", chat.url, "harbour: 有差异", "差异：未结 7\nv1")
    (told,) = chat.told
    assert (told["title"], told["message"]) == ("harbour: 有差异", "差异：未结 7\nv1")


def test_a_target_that_refuses_is_named_without_its_address() -> None:
    """The address holds secrets; the name is enough."""
    with webhook(500) as chat, pytest.raises(NoticeNotSent, match="finance could not be told") as error:
        send("finance", chat.url + "?token=secret", "title", "text")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["", "nonsense", "foo://x"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    """Nobody believes that somebody was told."""
    with pytest.raises(NoticeNotSent, match="none that is known"):
        send("finance", url, "title", "text")
