"""Where do the windows of the toy desktop ERP open? On the one X display of this process."""

import sys

if sys.platform == "win32":
    collect_ignore_glob = ["test_granite_*.py"]  # there is no X11
else:
    from tests.desktop_fixtures import display, only_display  # noqa: F401 - pytest finds them here
