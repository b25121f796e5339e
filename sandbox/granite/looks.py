"""How do windows look? Theme, font and scale, which may change while a clerk types."""

import tkinter as tk
from dataclasses import dataclass, replace
from tkinter import font, ttk
from typing import Any

from sandbox.granite.words import SKINS

THEMES = ("default", "clam", "alt", "dark")
_FONTS = ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkCaptionFont")
_PIXELS_PER_POINT = 96 / 72
_GROUND, _FIELD, _TEXT, _CHOSEN = "#2b2b2b", "#3a3a3a", "#e8e8e8", "#2f5d8a"


@dataclass(frozen=True, kw_only=True)
class Taste:
    """What somebody asked for; an empty font is the toolkit's own."""

    skin: str = "en"
    theme: str = "default"
    font: str = ""
    font_size: int = 10
    scale: float = 1.0

    def __post_init__(self) -> None:
        for asked, known in ((self.skin, SKINS), (self.theme, THEMES)):
            if asked not in known:
                raise ValueError(f"{asked!r} is none of {', '.join(known)}")


class Looks:
    """The looks of one desk."""

    def __init__(self, root: tk.Tk, taste: Taste) -> None:
        self._root = root
        self._style = ttk.Style(root)
        self._own = font.nametofont("TkDefaultFont", root).actual("family")
        self._gaps: dict[str, dict[str, Any]] = {}
        self.taste = taste
        self._apply()

    @property
    def scale(self) -> float:
        """How much larger than usual everything is."""
        return self.taste.scale

    def change(self, **wanted: Any) -> None:
        """Look otherwise from now on; raises ValueError or TypeError for what there is not."""
        self.taste = replace(self.taste, **wanted)
        self._apply()
        for child in self._root.winfo_children():
            if isinstance(child, tk.Toplevel):
                self.dress(child)

    def row_height(self) -> int:
        """Pixels from one row of a list to the next."""
        return int(font.nametofont("TkDefaultFont", self._root).metrics("linespace")) + 2 * round(2 * self.scale)

    def character(self) -> int:
        """How many pixels wide a digit is."""
        return int(font.nametofont("TkDefaultFont", self._root).measure("0"))

    def _apply(self) -> None:
        pixels = round(self.taste.font_size * _PIXELS_PER_POINT * self.scale)
        for name in _FONTS:
            font.nametofont(name, self._root).configure(
                family=self.taste.font or self._own, size=-pixels, weight="normal"
            )
        self._style.theme_use("clam" if self.taste.theme == "dark" else self.taste.theme)
        pad = round(2 * self.scale)
        self._style.configure("TEntry", padding=pad)
        self._style.configure("TButton", padding=(4 * pad, pad))
        self._style.configure("Treeview", rowheight=self.row_height())
        self._style.configure("Treeview.Heading", padding=pad)
        if self.taste.theme == "dark":
            self._darken()
        self._style.map("TEntry", fieldbackground=[("readonly", self._colour("."))])

    def _darken(self) -> None:
        style = self._style
        style.configure(".", background=_GROUND, foreground=_TEXT, fieldbackground=_FIELD, insertcolor=_TEXT)
        style.configure("TEntry", fieldbackground=_FIELD, foreground=_TEXT)
        style.configure("Treeview", background=_FIELD, fieldbackground=_FIELD, foreground=_TEXT)
        style.configure("Treeview.Heading", background=_GROUND, foreground=_TEXT)
        style.map("TButton", background=[("active", _FIELD)])
        style.map("Treeview.Heading", background=[("active", _FIELD)])
        style.map("Treeview", background=[("selected", _CHOSEN)], foreground=[("selected", _TEXT)])

    def _colour(self, of: str, option: str = "background") -> str:
        return str(self._style.lookup(of, option)) or "#d9d9d9"

    def dress(self, widget: tk.Misc) -> None:
        """Give this window, and all that is in it, the looks of now."""
        ground, text = self._colour("."), self._colour(".", "foreground")
        if isinstance(widget, tk.Toplevel):
            widget.configure(background=ground)
        if isinstance(widget, tk.Menu):
            widget.configure(background=ground, foreground=text, activebackground=_CHOSEN, activeforeground=_TEXT)
        self._space(widget)
        for child in widget.winfo_children():
            self.dress(child)

    def _space(self, widget: tk.Misc) -> None:
        """Gaps grow with the scale, from what they were when the widget was made."""
        if isinstance(widget, ttk.Widget) and widget.winfo_manager() == "grid":
            info: Any = widget.grid_info()
            gaps = self._gaps.setdefault(str(widget), {side: info[side] for side in ("padx", "pady")})
            widget.grid_configure(**{side: _scaled(gap, self.scale) for side, gap in gaps.items()})


def _scaled(gap: int | tuple[int, ...], scale: float) -> Any:
    return tuple(round(part * scale) for part in gap) if isinstance(gap, tuple) else round(int(gap) * scale)
