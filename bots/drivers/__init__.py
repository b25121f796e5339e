"""Which surfaces can be worked: one driver each for web, desktop and terminal."""
