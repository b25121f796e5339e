"""Which key was pressed? What a VT220 or an xterm sends, as characters and names."""

import codecs

FUNCTIONS = tuple(f"F{number}" for number in range(1, 13))
UNKNOWN = "UNKNOWN"

_CONTROLS = {
    "\t": "TAB",
    "\r": "ENTER",
    "\n": "ENTER",
    "\x7f": "BACKSPACE",
    "\b": "BACKSPACE",
    "\x05": "ERASE",
    "\x0c": "REPAINT",
}
_NUMBERED = {
    "1": "HOME",
    "2": "INSERT",
    "3": "DELETE",
    "4": "END",
    "7": "HOME",
    "8": "END",
    **{str(number): f"F{place}" for place, number in enumerate((11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24), 1)},
}
_LETTERED = {
    "A": "UP",
    "B": "DOWN",
    "C": "RIGHT",
    "D": "LEFT",
    "H": "HOME",
    "F": "END",
    "Z": "BACKTAB",
    "P": "F1",
    "Q": "F2",
    "R": "F3",
    "S": "F4",
    "M": "ENTER",
}


class KeyReader:
    """Turns bytes into keys; half a character or half a sequence waits for its rest."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._sequence = ""
        self._after_return = False

    def feed(self, data: bytes) -> list[str]:
        """The keys that are complete now: single characters, or names such as `F6`, `TAB`, `ENTER`."""
        keys = [self._read(char) for char in self._decoder.decode(data).replace("\ufffd", "?")]
        return [key for key in keys if key]

    def _read(self, char: str) -> str:
        if self._sequence:
            return self._continue(char)
        if char == "\x1b":
            self._sequence = char
            return ""
        doubled, self._after_return = char == "\n" and self._after_return, char == "\r"
        if doubled:
            return ""
        return _CONTROLS.get(char) or (char if char.isprintable() else UNKNOWN)

    def _continue(self, char: str) -> str:
        self._sequence += char
        if self._sequence in {"\x1b[", "\x1bO", "\x1b\x1b"}:
            self._sequence = self._sequence.replace("\x1b\x1b", "\x1b")
            return ""
        if self._sequence.startswith("\x1b[") and not "@" <= char <= "~":
            return ""
        sequence, self._sequence = self._sequence, ""
        return _named(sequence)


def _named(sequence: str) -> str:
    """The key of a whole sequence; an Escape before a plain character is no key of ours."""
    if sequence[1] not in "[O":
        return UNKNOWN
    middle, last = sequence[2:-1], sequence[-1]
    if last == "~":
        return _NUMBERED.get(middle, UNKNOWN)
    return _LETTERED.get(last, UNKNOWN) if not middle else UNKNOWN
