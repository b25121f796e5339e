"""How does a clerk come in? The window Sign On (GR-100)."""

import os
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import sessions
from sandbox.granite.actions import Action, perform
from sandbox.granite.savings import Faults
from sandbox.granite.sessions import Session
from sandbox.granite.windows import Window
from sandbox.granite.words import NAME

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk


class SignOn(Window):
    """User and password."""

    name = "sign_on"

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self.entitle("Sign On", "GR-100", NAME)
        self._user = self.field(self.body, "user", "User", "U", (0, 0), length=10, width=20)
        self._password = self.field(self.body, "password", "Password", "P", (1, 0), length=20)
        self._password.hide()
        row = ttk.Frame(self.body)
        row.grid(row=2, column=0, columnspan=2)
        self.button(row, "ok", "OK", "O", self._sign_on)
        self.button(row, "exit", "Exit", "X", desk.exit)
        self._user.keys["Return"] = self._password.keys["Return"] = self._sign_on
        self.top.resizable(width=False, height=False)
        self.open("user")

    def _sign_on(self) -> None:
        user, password = self._user.text.strip(), self._password.text

        def work(_: Faults) -> Session:
            return sessions.sign_on(self.desk.db, user, password, os.getpid())

        self._password.text = ""
        self.take("password")
        perform(
            self.desk,
            self,
            Action(at="sign_on", work=work, held=(user,), needs_session=False),
            self.desk.begin,
        )

    def closing(self) -> None:
        """As Exit."""
        self.desk.exit()
