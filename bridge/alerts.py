"""How are people told, by mail or chat, that there is something to look at? By counts and names of ours only."""

from apprise import Apprise, NotifyType

from bridge.errors import ApplicationError
from bridge.locale import Phrase


class NoticeNotSent(ApplicationError):
    """{target} could not be told: {why}"""


def send(target: str, url: str, title: str, text: str) -> None:
    """Send the notice to the target, whose URL says by which way; raises NoticeNotSent.

    What a URL can say is Apprise's: https://github.com/caronc/apprise. It holds secrets, so no message repeats it.
    """
    ways = Apprise()
    if not ways.add(url):
        raise NoticeNotSent(target=target, why=Phrase("its address is none that is known"))
    if not ways.notify(body=text, title=title, notify_type=NotifyType.INFO, body_format="text"):
        raise NoticeNotSent(target=target, why=Phrase("nobody there took it"))
