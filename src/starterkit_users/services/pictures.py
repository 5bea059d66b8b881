"""Makes small square pictures of a picture that a user uploads.

The only file that knows Pillow, the extra ``starterkit-users[avatars]``.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from io import BytesIO
from threading import Lock
from typing import Any

from starterkit_core.errors import Busy, DomainError
from starterkit_users.errors import InvalidPicture, PictureTooLarge

logger = logging.getLogger("starterkit.users")

BEGINNINGS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "WEBP": (b"RIFF",),
}
"""How the files begin that are accepted, by Pillow's name of the type."""

COSTS = {"PNG": 3, "GIF": 3, "WEBP": 3}
"""By what the most pixels are divided: only a JPEG is decoded at a smaller scale."""

LONGEST_WAIT = 5
"""Seconds."""

_decoding = Lock()

EXTENSION, MEDIA_TYPE = "webp", "image/webp"
"""Of the pictures that are made."""

QUALITY = 82

REDUCING_GAP = 3.0
"""Pillow's: how much larger than wanted a picture is made by the quick way first."""

ORIENTATION = 0x0112
"""The tag of EXIF that says how a camera was held."""

TURNS = {
    2: ("FLIP_LEFT_RIGHT",),
    3: ("ROTATE_180",),
    4: ("FLIP_TOP_BOTTOM",),
    5: ("TRANSPOSE",),
    6: ("ROTATE_270",),
    7: ("TRANSVERSE",),
    8: ("ROTATE_90",),
}
"""What puts a picture upright, by its orientation (Exif 3.0, 4.6.5.1.6)."""


@cache
def can_be_made() -> bool:
    """Return whether Pillow is installed, which no process finds out twice."""
    try:
        import_module("PIL.Image")
    except ImportError:
        return False
    return True


def squares(content: bytes, sizes: Iterable[int], most_pixels: int) -> dict[int, bytes]:
    """Return the middle of a picture as a WebP file of each size, a side in pixels.

    A small picture is not enlarged. Only pixels of the file get into what is made: no
    metadata, no further frame, no bytes behind the picture.

    Raises:
        InvalidPicture: it is no picture of an accepted type, or damaged.
        PictureTooLarge: it has more pixels than ``most_pixels``, or a third of them if
            it is no JPEG; it is not decoded.
        Busy: others are being decoded, and this one has waited for ``LONGEST_WAIT``.
    """
    largest_first = sorted(sizes, reverse=True)
    kind = _kind_of(content)
    try:
        picture = _opened(content, kind, most_pixels // COSTS.get(kind, 1))
        with _one_at_a_time():
            square = _upright(_middle(picture, largest_first[0]))
        return {size: _encoded(square, size) for size in largest_first}
    except DomainError:
        raise
    except Exception as error:
        # Decoders of damaged files raise errors of any kind: OSError, SyntaxError,
        # struct.error, zlib.error, EOFError, ValueError, IndexError and others.
        logger.info("A picture was refused: %s", type(error).__name__)
        raise InvalidPicture from error


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one thread of a process decode, because that takes memory."""
    if not _decoding.acquire(timeout=LONGEST_WAIT):
        raise Busy(retry_after=LONGEST_WAIT)
    try:
        yield
    finally:
        _decoding.release()


def _opened(content: bytes, kind: str, most_pixels: int) -> Any:
    """Return the picture, whose header alone has been read."""
    image = import_module("PIL.Image")
    try:
        picture = image.open(BytesIO(content), formats=[kind])
    except (image.DecompressionBombError, image.DecompressionBombWarning) as error:
        raise PictureTooLarge(facts={"max_pixels": most_pixels}) from error
    width, height = picture.size
    if width * height > most_pixels:
        raise PictureTooLarge(facts={"max_pixels": most_pixels})
    return picture


def _kind_of(content: bytes) -> str:
    for name, beginnings in BEGINNINGS.items():
        if content.startswith(beginnings):
            return name
    raise InvalidPicture


def _middle(picture: Any, size: int) -> tuple[Any, int]:
    """Return the decoded square in the middle of a picture, and its orientation."""
    # A decoder of JPEG makes it smaller by the way, in a fraction of time and memory.
    picture.draft(picture.mode, (2 * size, 2 * size))
    picture.load()
    orientation = _orientation_of(picture)
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    if width != height:
        picture = picture.crop((left, top, left + side, top + side))
    square = _in_color(picture)
    wanted = min(side, size)
    small = square.resize((wanted, wanted), _filter(), reducing_gap=REDUCING_GAP)
    return small, orientation


def _in_color(picture: Any) -> Any:
    """Return it as RGB, or RGBA if a part of it is transparent."""
    if picture.mode.startswith("I"):  # 16 bits of grey, which would all become white
        picture = picture.convert("I").point(lambda value: value * (1 / 256))
        return picture.convert("L").convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _upright(square: tuple[Any, int]) -> Any:
    picture, orientation = square
    for turn in TURNS.get(orientation, ()):
        picture = picture.transpose(import_module("PIL.Image").Transpose[turn])
    return picture


def _orientation_of(picture: Any) -> int:
    """Return how the camera was held, 1 to 8; 1 if its data is damaged."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # of a parser of what is not needed
        return 1


def _encoded(square: Any, size: int) -> bytes:
    image = import_module("PIL.Image")
    smaller = square
    if size < square.width:
        smaller = square.resize((size, size), _filter())
    clean = image.new(smaller.mode, smaller.size)  # what is pasted has no metadata
    clean.paste(smaller)
    file = BytesIO()
    clean.save(file, EXTENSION, quality=QUALITY)
    return file.getvalue()


def _filter() -> Any:
    return import_module("PIL.Image").Resampling.LANCZOS
