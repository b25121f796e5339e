"""Who is at the keyboard? Whoever the operating system signed on, whatever the environment says."""

import os
import sys


def person() -> str:
    """The name of the user whose process this is; on Windows that of the session's sign-on."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd  # late, since Windows has none

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user that no list knows
        return f"uid {os.getuid()}"
