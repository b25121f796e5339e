"""In which words does Granite speak? English, or Simplified Chinese, with the same access keys."""

from sandbox.granite.chinese import CHINESE
from sandbox.granite.sayings import Saying

SKINS = ("en", "zh")
NAME = "Granite"


class Words:
    """The words of one skin."""

    def __init__(self, skin: str) -> None:
        self.skin = skin

    def word(self, text: str) -> str:
        """The English text in this skin; what has no translation stays as it is."""
        return CHINESE.get(text, text) if self.skin == "zh" else text

    def sentence(self, said: Saying) -> str:
        """A text with its values; a status is a word itself."""
        values = {name: self.word(value) if name == "status" else value for name, value in said.values.items()}
        return self.word(said.text).format(**values) if values else self.word(said.text)

    def title(self, text: str, code: str, prefix: str = "", suffix: str = "") -> str:
        """A window's title with its code, such as `Sales Order Entry (SO-210)`."""
        parts = (f"{self.word(prefix)} - " if prefix else "", self.word(text), f" ({code})")
        return "".join(parts) + (f" - {suffix}" if suffix else "")

    def label(self, text: str, key: str) -> tuple[str, int]:
        """A caption and which character of it is underlined as its access key; -1 for none."""
        shown = self.word(text)
        if not key:
            return shown, -1
        for letter in (key.upper(), key.lower()):
            if self.skin == "en" and letter in shown:
                return shown, shown.index(letter)
        return f"{shown}({key.upper()})", len(shown) + 1
