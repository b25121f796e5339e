"""Which keys are pressed together, and in which order? Written as "alt+c tab tab"."""

Chord = tuple[str, ...]

HELD = ("ctrl", "alt", "shift", "win")
NAMED = frozenset(
    {
        *("enter", "tab", "escape", "space", "delete", "backspace", "insert"),
        *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
    }
)


def chords(text: str) -> tuple[Chord, ...]:
    """The chords in their order, keys that are held first; raises ValueError naming what is no key."""
    return tuple(_chord(each) for each in text.split())


def written(keys: tuple[Chord, ...]) -> str:
    """The text of which `chords` makes these."""
    return " ".join("+".join(chord) for chord in keys)


def _chord(text: str) -> Chord:
    *held, pressed = text.lower().split("+")
    unknown = [key for key in held if key not in HELD]
    if pressed not in NAMED and not (len(pressed) == 1 and pressed.isascii() and pressed.isalnum()):
        unknown.append(pressed)
    if unknown:
        raise ValueError(", ".join(map(repr, unknown)))
    return (*held, pressed)
