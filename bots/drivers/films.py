"""What did a surface show on the way to a trouble? The masked pictures of the last minutes, as one moving picture."""

import time
from collections import deque
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise

from PIL import Image

from bridge.ports import Picture

MOST_FRAMES = 60
SECONDS_KEPT = 120.0
SHORTEST, LONGEST, LAST = 200, 5000, 3000  # milliseconds that a frame is shown; pauses are cut
QUALITY = 40  # of WebP: a film is to be understood, and what proves is the picture beside it
PAPER = "white"
TROUBLE = "trouble"
LAST_STEPS = {"document", "absent", "unchanged", TROUBLE}  # of an attempt: what is shown afterwards is another order's


@dataclass(frozen=True)
class Frame:
    """One picture and the moment it was taken, in seconds of this process."""

    at: float
    content: bytes


class Film:
    """The frames of the last minutes, each kept encoded."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque(maxlen=MOST_FRAMES)

    def add(self, content: bytes) -> None:
        """One more frame; one like the last is none."""
        if not self._frames or self._frames[-1].content != content:
            self._frames.append(Frame(time.monotonic(), content))

    def shown_with(self, picture: Picture) -> Picture:
        """The picture, with the film where it is one of trouble; the next film begins after the attempt's last step."""
        if picture.step not in LAST_STEPS:
            return picture
        frames = [frame for frame in self._frames if time.monotonic() - frame.at < SECONDS_KEPT]
        self._frames.clear()
        return replace(picture, film=_developed(frames)) if picture.step == TROUBLE and frames else picture


def _developed(frames: list[Frame]) -> bytes:
    """An animated WebP in the time it took, without long pauses."""
    pictures = [Image.open(BytesIO(frame.content)).convert("RGB") for frame in frames]
    size = max(each.width for each in pictures), max(each.height for each in pictures)
    first, *rest = (_on_paper(each, size) for each in pictures)
    steps = (round(1000 * (after.at - before.at)) for before, after in pairwise(frames))
    durations = [*(min(max(step, SHORTEST), LONGEST) for step in steps), LAST]
    content = BytesIO()
    first.save(
        content, "WEBP", save_all=True, append_images=rest, duration=durations, quality=QUALITY, method=0, loop=0
    )
    return content.getvalue()


def _on_paper(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    paper = Image.new("RGB", size, PAPER)
    paper.paste(picture)
    return paper
