"""What does a GTK program show that says itself what it shows? Run by Debian's own Python, which alone has GTK.

/usr/bin/python3 gtk_programs.py: a window "Accessible lab" with labelled fields, two of them with one label, one on a
page that is not shown, a button that cannot be pressed, a table, and a button that opens a message.
"""

from importlib import import_module
from typing import Any

gi: Any = import_module("gi")
gi.require_version("Gtk", "3.0")
Gtk: Any = import_module("gi.repository.Gtk")
ROWS = (("P-30", "锚链 10 mm"), ("P-40", "Shackle"))


def labelled(text: str, content: str) -> list[Any]:
    """A field and its label."""
    label, entry = Gtk.Label(label=text), Gtk.Entry(text=content)
    label.set_mnemonic_widget(entry)
    return [label, entry]


def table() -> Any:
    """Two columns with headings."""
    store = Gtk.ListStore(str, str)
    for row in ROWS:
        store.append(row)
    shown = Gtk.TreeView(model=store)
    for place, heading in enumerate(("Item", "Description")):
        shown.append_column(Gtk.TreeViewColumn(heading, Gtk.CellRendererText(), text=place))
    return shown


def ask(window: Any) -> None:
    """A message without a title."""
    message = Gtk.MessageDialog(transient_for=window, modal=True, buttons=Gtk.ButtonsType.OK, text="Is it so?")
    message.connect("response", lambda dialog, _: dialog.destroy())
    message.show()


def main() -> None:
    """Show the window until it is closed."""
    window, book, page = Gtk.Window(title="Accessible lab"), Gtk.Notebook(), Gtk.VBox()
    grey, asking = Gtk.Button(label="Grey", sensitive=False), Gtk.Button(label="Ask")
    asking.connect("clicked", lambda _: ask(window))
    fields = [*labelled("Name:", "before"), *labelled("Twice:", "one"), *labelled("Twice:", "two")]
    for each in (*fields, grey, asking, table()):
        page.add(each)
    other = Gtk.VBox()
    for each in labelled("Hidden:", "not shown"):
        other.add(each)
    book.append_page(page, Gtk.Label(label="First page"))
    book.append_page(other, Gtk.Label(label="Second page"))
    window.add(book)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main()
