"""How is a desktop worked, whatever the ERP?"""

from dataclasses import dataclass

from bridge.model.pictures import PictureFormat


@dataclass(frozen=True)
class DesktopOptions:
    """How a desktop is worked: seconds to wait, those for the answer to Save, its size, how pictures are kept.

    `base` is what the addresses begin with which the ERP's program opens by itself ("tryton://erp.example/books").
    Without `labels` no text is read from pictures: an update that gives a field other keys is not noticed by its label.
    """

    timeout: float = 30.0
    save_timeout: float = 120.0
    width: int = 1280
    height: int = 800
    picture_format: PictureFormat = "webp"
    base: str = ""
    labels: bool = True
