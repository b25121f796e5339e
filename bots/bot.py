"""What do all bots share? One seat's way of getting to its screens; the procedures are each ERP's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from bots.drivers import open_driver
from bots.drivers.live_frames import watched
from bots.screen import ErpScreens
from bridge.errors import (
    BridgeError,
    Disturbed,
    OperatorStopped,
    ProcedureMissing,
    RecordLocked,
    SaveUnanswered,
    ScreenUnknown,
    SessionLost,
    SignOnRefused,
)
from bridge.locale import Phrase
from bridge.model.documents import Document
from bridge.model.forms import Form
from bridge.model.profiles import ErpProfile
from bridge.ports import Answer, Leave, Picture, ScreenDriver, SeatPlan

ENTRY = "entry"
READING = "reading"
Method = TypeVar("Method", bound=Callable[..., Any])


def stand_in(method: Method) -> Method:
    """Mark a method that only says that this bot lacks the procedure, so that no profile may promise it."""
    method.__dict__["missing"] = True
    return method


@dataclass(frozen=True)
class Credentials:
    """The ERP user of one seat."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"


class Bot:
    """Hands and eyes in one ERP; `reading` works in a second window, so that a half-typed form stays as it is."""

    def __init__(self, profile: ErpProfile, driver: ScreenDriver, credentials: Credentials) -> None:
        self.profile = profile
        self.driver = driver
        self.credentials = credentials
        self.screens = ErpScreens(profile, driver)
        self.second = ErpScreens(profile, driver)
        self.troubled = ENTRY

    @classmethod
    def at_seat(cls, plan: SeatPlan) -> Self:
        """The bot of one seat, with the driver of its surface."""
        driver = watched(open_driver(plan), plan.live, films=plan.films)
        return cls(plan.profile, driver, Credentials(plan.user, plan.password))

    def close(self) -> None:
        """End the surface."""
        self.driver.close()

    def sign_on(self) -> None:
        """Sign on by the screens `sign_on` and `menu`; an older session of the same user ends by it, in most ERPs."""
        self.screens.open("sign_on")
        self.screens.type(user=self.credentials.user, password=self.credentials.password)
        self.screens.confirm(user=self.credentials.user)  # a key that was lost here would cost one of three tries
        try:
            self.screens.press("sign_on", leads_to="menu")
        except BridgeError as error:
            text = str(error.params.get("text", ""))
            if self.screens.meaning(text) != "sign_on_refused":
                raise
            raise SignOnRefused(erp=self.profile.name, user=self.credentials.user, text=text) from error

    @contextmanager
    def reading(self) -> Iterator[ErpScreens]:
        """The screens of the second window, while inside."""
        self.driver.use(READING)
        self.troubled = READING
        try:
            yield self.second
            self.troubled = ENTRY
        finally:
            self.driver.use(ENTRY)

    def capture(self, step: str) -> Picture:
        """A masked picture: of the second window for what was read there or went wrong there, else of the first."""
        if step not in ("document", "absent") and not (step == "trouble" and self.troubled == READING):
            return self.driver.capture(step)
        with self.reading():
            return self.driver.capture(step)

    @stand_in
    def open_change(self, number: str) -> Document:  # noqa: ARG002 - the port's own
        """No bot changes documents by itself: an ERP's own has the procedure."""
        raise ProcedureMissing(erp=self.profile.name)

    @stand_in
    def type_change(self, form: Form) -> Form:  # noqa: ARG002 - the port's own
        """See open_change."""
        raise ProcedureMissing(erp=self.profile.name)

    @stand_in
    def save_change(self, leave: Leave) -> Answer:  # noqa: ARG002 - the port's own
        """See open_change."""
        raise ProcedureMissing(erp=self.profile.name)

    @stand_in
    def abandon_change(self) -> None:
        """See open_change."""
        raise ProcedureMissing(erp=self.profile.name)

    @stand_in
    def cancel_document(self, leave: Leave) -> Answer:  # noqa: ARG002 - the port's own
        """See open_change."""
        raise ProcedureMissing(erp=self.profile.name)

    def answer_about(self, number: str, read_number: Callable[[], str | None]) -> Answer:
        """What the ERP shows after a change or a cancellation left; the number of another document proves nothing."""
        answer = self.answer_to_save(read_number)
        if answer.number not in (None, number):
            raise SaveUnanswered(
                why=Phrase("{answer} was answered for {document}", answer=answer.number, document=number)
            )
        return answer

    def answer_to_save(self, read_number: Callable[[], str | None]) -> Answer:
        """What the ERP shows after the request left: a number, a refusal, or nothing that proves either.

        A lost session or a lock is no refusal of the order; a real ERP said "Session expired!" and had saved.
        """
        try:
            number = read_number()
        except (SessionLost, RecordLocked, Disturbed, OperatorStopped) as error:
            raise SaveUnanswered(why=error.phrase) from error
        except ScreenUnknown as error:
            raise SaveUnanswered(why=error.phrase) from error
        except BridgeError as error:
            return Answer(None, str(error.params.get("text", error.worded())))
        return Answer(number)
