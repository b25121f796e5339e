"""What can be typed on Windows? Any text, since characters are sent as such, whatever keyboard there is."""


class Characters:
    """The keyboard, which nobody needs to ask."""

    def caps_lock(self) -> bool:
        """No: Caps Lock changes what keys mean, and no character."""
        return False

    def types(self, text: str) -> bool:  # noqa: ARG002 - the port's
        """Yes; a blank too, as a button is pressed by the key and not by the character."""
        return True

    def close(self) -> None:
        """There is nothing to leave."""
