"""How may a picture be encoded? Losslessly, whichever it is."""

from typing import Literal, get_args

PictureFormat = Literal["webp", "png"]
PICTURE_FORMATS: tuple[PictureFormat, ...] = get_args(PictureFormat)
