"""Which texts stand on a picture, and where? Read in a process of its own, which ends again: it takes 300 MB."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from PIL import Image

SECONDS = 60.0
QUICK = {"Det.limit_type": "max", "Det.limit_side_len": 1280, "Global.use_cls": False, "Global.log_level": "error"}
SURE = 0.6


@dataclass(frozen=True)
class Reading:
    """One text with its box in pixels of the picture."""

    text: str
    left: int
    top: int
    width: int
    height: int


def can_read() -> bool:
    """Whether the packages are here that read pictures: the extra `ocr`."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


def read_picture(picture: Image.Image) -> tuple[Reading, ...]:
    """Every text that is read with some certainty; none where nothing can be read here.

    What is read finds labels and tells of messages. It is never the only reading of an amount.
    """
    if not can_read():
        return ()
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    command = [sys.executable, "-m", "bots.drivers.ocr_readings"]
    ended = subprocess.run(command, input=content.getvalue(), capture_output=True, timeout=SECONDS, check=False)
    if ended.returncode != 0:
        return ()
    return tuple(Reading(*each) for each in json.loads(ended.stdout))


def main() -> None:
    """Read the picture on standard input."""
    from rapidocr import RapidOCR

    found: Any = RapidOCR(params=QUICK)(sys.stdin.buffer.read())
    read = () if found.boxes is None else zip(found.boxes, found.txts, found.scores, strict=True)
    sys.stdout.write(json.dumps([[text, *_corners(box)] for box, text, score in read if score >= SURE]))


def _corners(box: Any) -> list[int]:
    points = [[int(value) for value in point] for point in box]
    left, top = (min(point[side] for point in points) for side in (0, 1))
    right, bottom = (max(point[side] for point in points) for side in (0, 1))
    return [left, top, right - left, bottom - top]


if __name__ == "__main__":
    main()
