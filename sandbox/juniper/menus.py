"""How does a clerk come in, choose and go? The screens JUNIPER SIGN ON (GR-100) and MAIN MENU (GR-110)."""

from collections.abc import Callable

from sandbox.juniper import sessions
from sandbox.juniper.clerks import Clerk, HungUpError
from sandbox.juniper.deeds import carried_out
from sandbox.juniper.displays import Display, NumberAsked
from sandbox.juniper.entries import Entry
from sandbox.juniper.faults import Faults
from sandbox.juniper.fields import Field
from sandbox.juniper.grids import Grid
from sandbox.juniper.order_lists import OrderList
from sandbox.juniper.screens import Action, Screen

_CHOICES: dict[str, Callable[[Clerk], Screen]] = {"1": Entry, "2": OrderList, "3": Display, "4": NumberAsked}
_SIGN_OFF = "9"


class SignOn(Screen):
    """User and password; three wrong ones lock the user."""

    code, name, legend = "GR-100", "sign_on", {"F3": "exit"}

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._user = self.field("user", 9, 39, 10)
        self._user.upper = True
        self._password = self.field("password", 11, 39, 20)
        self._password.hidden = True

    def fields(self) -> list[Field]:
        """User and Password."""
        return [self._user, self._password]

    def held(self) -> set[str]:
        """The user's name alone: no fault needs to know a password."""
        return {self._user.value}

    def body(self, grid: Grid) -> None:
        """Two labels."""
        self.label(grid, 9, 25, "user", 12)
        self.label(grid, 11, 25, "password", 12)

    def actions(self) -> dict[str, Action]:
        """Enter signs on, F3 hangs up."""
        return {"ENTER": self._enter, "F3": self._hang_up}

    async def _enter(self) -> Screen:
        return await carried_out(self, "sign_on", self._sign_on)

    def _sign_on(self, _: Faults) -> Screen:
        try:
            self.clerk.signed_on = sessions.sign_on(self.clerk.db, self._user.value, self._password.text)
        except sessions.SignOnRefusedError as refused:
            self._password.fill("")
            self.look_at(self._password)
            return self.say(refused.name, attempt=refused.attempt)
        return Menu(self.clerk)

    async def _hang_up(self) -> Screen:
        raise HungUpError


class Menu(Screen):
    """Four ways in and one out; other numbers are not licensed."""

    code, name, legend = "GR-110", "menu", {"F3": "menu_9", "F11": "hop"}

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._selection = self.field("selection", 16, 31, 2)

    def fields(self) -> list[Field]:
        """The number that is typed."""
        return [self._selection]

    def body(self, grid: Grid) -> None:
        """The choices."""
        for row, choice in enumerate((*_CHOICES, _SIGN_OFF), start=6):
            grid.put(row + (choice == _SIGN_OFF), 22, f"{choice}  {self.clerk.words.label(f'menu_{choice}')}")
        grid.put(16, 20, f"{self.clerk.words.label('selection')}:")

    def actions(self) -> dict[str, Action]:
        """Enter goes, F3 signs off."""
        return {"ENTER": self._choose, "F3": self._sign_off}

    async def _choose(self) -> Screen:
        wanted = self._selection.value
        self._selection.fill("")
        if wanted == _SIGN_OFF:
            return await self._sign_off()
        screen = _CHOICES.get(wanted)
        return screen(self.clerk) if screen else self.say("SY-041")

    async def _sign_off(self) -> Screen:
        sessions.end(self.clerk.db, self.clerk.session.token, "signed off")
        self.clerk.signed_on = None
        return SignOn(self.clerk)
