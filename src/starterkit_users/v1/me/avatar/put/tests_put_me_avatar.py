"""PUT v1/me/avatar/: what the caller sees, then what the rules promise."""

import struct
import zlib
from http import HTTPStatus
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import InMemoryStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.signals import account_updated
from starterkit_users.errors import InvalidPicture
from starterkit_users.models import AvatarLeftover, avatar_model
from starterkit_users.services import pictures

from .use_case import SetAvatar

Image = pytest.importorskip("PIL.Image", reason="needs the extra avatars")

URL = reverse("starterkit_users:me-avatar")
ME = reverse("starterkit_users:me")
RED, BLUE = (255, 0, 0), (0, 0, 255)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(avatar_storage):
    """Called, the names of the files of all avatars."""
    return avatar_storage


@pytest.fixture
def upload(client_of, user):
    def send(content, name="me.jpg", kind="image/jpeg"):
        file = SimpleUploadedFile(name, content, kind)
        return client_of(user).put(URL, {"file": file}, format="multipart")

    return send


@pytest.fixture
def tune(tuner):
    return tuner("STARTERKIT_USERS")


def picture(kind="jpeg", size=(40, 20), mode="RGB", color=RED, **options):
    """Return a file; the right half of the picture is blue."""
    image = Image.new("RGB", size, color)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    file = BytesIO()
    image.convert(mode).save(file, kind, **options)
    return file.getvalue()


def shown(response):
    """Return the pictures of an answer, by size."""
    assert response.status_code == HTTPStatus.OK, response.content
    return read(response.json()["avatar"])


def read(urls):
    storage = storages["avatars"]
    paths = {size: url.removeprefix(storage.base_url) for size, url in urls.items()}
    return {
        size: Image.open(BytesIO(storage.open(path).read()))
        for size, path in paths.items()
    }


def is_like(pixel, color):
    return all(abs(a - b) < 40 for a, b in zip(pixel, color, strict=False))


def code_of(response):
    assert response.status_code == HTTPStatus.BAD_REQUEST, response.content
    return response.json()["code"]


def stored(user):
    return rows_of(get_user_model()).get(pk=user.pk)


def test_shows_a_square_of_each_size(client_of, user, upload):
    made = shown(upload(picture(size=(900, 700))))

    assert {size: it.size for size, it in made.items()} == {
        "64": (64, 64),
        "256": (256, 256),
        "512": (512, 512),
    }
    assert {it.format for it in made.values()} == {"WEBP"}
    urls = client_of(stored(user)).get(ME).json()["avatar"]
    assert read(urls).keys() == made.keys()


def test_the_middle_is_kept_and_not_enlarged(upload):
    made = shown(upload(picture(size=(40, 20))))

    assert made["512"].size == made["64"].size == (20, 20)
    assert is_like(made["64"].convert("RGB").getpixel((1, 10)), RED)
    assert is_like(made["64"].convert("RGB").getpixel((18, 10)), BLUE)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("jpeg", "RGB"),
        ("jpeg", "L"),
        ("jpeg", "CMYK"),
        ("png", "RGB"),
        ("png", "RGBA"),
        ("png", "P"),
        ("png", "LA"),
        ("png", "1"),
        ("png", "I;16"),
        ("gif", "P"),
        ("webp", "RGB"),
        ("webp", "RGBA"),
    ],
)
def test_takes_pictures_of_any_color_mode(upload, kind, mode):
    if mode == "I;16":
        file = BytesIO()
        Image.new(mode, (20, 20), 2**15).save(file, kind)
        content, expected = file.getvalue(), (128, 128, 128)
    else:
        content = picture(kind, mode=mode)
        expected = Image.new("RGB", (1, 1), RED).convert(mode).convert("RGB")
        expected = expected.getpixel((0, 0))

    made = shown(upload(content))

    assert is_like(made["64"].convert("RGB").getpixel((2, 10)), expected) or mode == "1"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_of_a_phone_is_upright(upload, orientation):
    upright = Image.new("RGB", (40, 40), RED)
    upright.paste(BLUE, (20, 0, 40, 20))  # the upper right quarter
    turns = {it: turn[0] for it, turn in pictures.TURNS.items()}
    back = {"ROTATE_90": "ROTATE_270", "ROTATE_270": "ROTATE_90"}
    held = upright
    if turn := turns.get(orientation):
        held = upright.transpose(Image.Transpose[back.get(turn, turn)])
    exif, file = Image.Exif(), BytesIO()
    exif[pictures.ORIENTATION] = orientation
    held.save(file, "jpeg", exif=exif, quality=95)

    made = shown(upload(file.getvalue()))["64"].convert("RGB")

    assert is_like(made.getpixel((30, 10)), BLUE)
    assert is_like(made.getpixel((10, 10)), RED)
    assert is_like(made.getpixel((30, 30)), RED)


def test_keeps_no_metadata_and_nothing_that_is_hidden_in_the_file(files, upload):
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825)[1] = "GPS-PLACE"
    content = picture(exif=exif, comment=b"A-COMMENT", icc_profile=b"A-PROFILE" * 20)
    content += b"<script>alert('HIDDEN')</script>"

    made = shown(upload(content))

    assert not {"exif", "icc_profile", "xmp", "comment"} & made["512"].info.keys()
    raw = b"".join(storages["avatars"].open(name).read() for name in files())
    for text in (b"CAMERA", b"GPS", b"COMMENT", b"PROFILE", b"HIDDEN", b"script"):
        assert text not in raw


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame_is_kept(upload, kind):
    frames = [Image.new("RGB", (30, 30), color) for color in (RED, BLUE)]
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)

    made = shown(upload(file.getvalue()))

    assert not getattr(made["64"], "is_animated", False)
    assert is_like(made["64"].convert("RGB").getpixel((10, 10)), RED)


def test_a_transparent_part_stays_transparent(upload):
    file = BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(file, "png")

    made = shown(upload(file.getvalue()))

    assert made["64"].convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [("me.svg", "image/svg+xml"), ("../../etc/passwd", "text/html"), ("", "")],
)
def test_believes_the_content_and_not_the_name(files, upload, name, kind):
    response = upload(picture(), name or "x", kind)

    assert response.status_code == HTTPStatus.OK
    assert len(files()) == 3
    assert all(
        name.startswith("avatars/") and name.endswith(".webp") for name in files()
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OTHERS = {
    "svg": SVG,
    "xml": b'<?xml version="1.0"?>' + SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "text": b"hello",
    "zip": b"PK\x03\x04" + bytes(40),
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "bmp": b"BM" + bytes(100),
    "tiff": b"II*\0" + bytes(100),
    "riff that is no webp": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "jpeg that is html": b"\xff\xd8\xff<script>alert(1)</script>",
    "gif that is html": b"GIF89a<script>alert(1)</script>",
    "gif that is script": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
    "nul": bytes(1000),
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_refuses_what_is_no_picture(files, upload, content):
    assert code_of(upload(content)) == "invalid_picture"
    assert files() == []
    assert not rows_of(AvatarLeftover).exists()


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_refuses_a_truncated_picture(upload, kind, share):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    file = BytesIO()
    noise.save(file, kind)
    whole = file.getvalue()

    assert code_of(upload(whole[: int(len(whole) * share)])) == "invalid_picture"


def chunk(kind, data):
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


def png_of(width, height, *chunks):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "side", [3_000, 10_000, 65_000, 2**31 - 1], ids=lambda side: f"{side} squared"
)
def test_refuses_too_many_pixels_before_it_decodes_them(upload, side):
    rows = zlib.compress(bytes(100_000))  # far too few: decoded, it would be damaged

    response = upload(png_of(side, side, chunk(b"IDAT", rows)))

    assert code_of(response) in {"picture_too_large", "invalid_picture"}
    assert side == 2**31 - 1 or response.json()["max_pixels"] == 25_000_000 // 3


def test_a_jpeg_may_have_three_times_the_pixels(tune, upload):
    tune(AVATAR_MAX_PIXELS=900)

    assert upload(picture("jpeg", size=(30, 30))).status_code == HTTPStatus.OK
    assert code_of(upload(picture("png", size=(30, 30)))) == "picture_too_large"
    assert code_of(upload(picture("jpeg", size=(31, 30)))) == "picture_too_large"


def test_refuses_a_bomb_in_the_texts_of_a_picture(upload):
    bomb = b"Comment\0\0" + zlib.compress(bytes(70_000_000), 9)

    response = upload(png_of(20, 20, chunk(b"zTXt", bomb)))

    assert code_of(response) == "invalid_picture"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_no_reason_to_refuse(upload):
    content = picture(exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 40)

    assert upload(content).status_code == HTTPStatus.OK


def test_a_file_that_is_too_long_is_refused(tune, upload):
    tune(AVATAR_MAX_BYTES=1_000)

    answers = [upload(b"\xff\xd8\xff" + bytes(size)) for size in (2_000, 200_000)]

    assert {it.status_code for it in answers} == {413}
    assert {it.json()["code"] for it in answers} == {"body_too_large"}


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"file": "x"}', 415),
        ("image/jpeg", picture(), 415),
        ("application/x-www-form-urlencoded", b"file=x", 415),
        ("multipart/form-data", b"--x\r\n", 400),
        ("multipart/form-data; boundary=\xe9", b"--x\r\n", 400),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x\r\n", 415),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disp", 400),
        ("multipart/form-data; boundary=x", b"--y--\r\n", 400),
    ],
)
def test_refuses_another_body(client_of, user, content_type, body, status):
    response = client_of(user).generic("PUT", URL, body, content_type=content_type)

    assert response.status_code == status
    assert response.json()["code"]


@pytest.mark.parametrize("sent", [{}, {"file": "text"}, {"other": "text"}])
def test_refuses_a_form_without_the_file(client_of, user, sent):
    response = client_of(user).put(URL, sent, format="multipart")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/file"


def test_refuses_an_empty_file(upload):
    response = upload(b"")

    assert response.json()["errors"][0]["code"] == "empty"


def test_refuses_more_files_and_fields_than_django_allows(client_of, user):
    many = {f"file{n}": SimpleUploadedFile("x", b"x") for n in range(200)}
    texts = {f"text{n}": "x" for n in range(2_000)}

    answers = [client_of(user).put(URL, it, format="multipart") for it in (many, texts)]

    assert all(400 <= it.status_code < 500 for it in answers)


def test_needs_a_signed_in_user(api):
    response = api.put(URL, {"file": SimpleUploadedFile("x", b"x")}, format="multipart")

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_a_user_may_not_upload_without_end(tune, upload):
    tune(AVATAR_RATE="2/h")

    answers = [upload(b"no picture") for _ in range(3)]

    assert [it.status_code for it in answers] == [400, 400, 429]
    assert answers[-1]["Retry-After"]


def test_the_former_files_are_deleted(files, upload):
    first = upload(picture()).json()["avatar"]
    former = {*files()}

    second = upload(picture()).json()["avatar"]

    assert not {*first.values()} & {*second.values()}
    assert len(files()) == 3
    assert not former & {*files()}
    assert rows_of(avatar_model()).count() == 1
    assert not rows_of(AvatarLeftover).exists()


class Refusing(SetAvatar):
    """A host project's use case: it refuses after everything was saved."""

    def announce(self, account):
        raise InvalidPicture


def test_a_refusal_keeps_the_former_files_and_deletes_the_new_ones(
    files, settings, upload
):
    upload(picture())
    before = files()
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.avatar.put": f"{__name__}.Refusing"
    }

    response = upload(picture())

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert files() == before
    assert not rows_of(AvatarLeftover).exists()


def test_an_account_that_was_just_deleted_is_not_signed_in(files, user, upload):
    rows_of(get_user_model()).filter(pk=user.pk).delete()

    response = upload(picture())

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "account_deleted"
    assert files() == []


def test_audits_and_announces_the_change(user, upload, received):
    signals = received(account_updated)

    upload(picture())

    assert [(s["user"], s["fields"]) for s in signals] == [(user, ["avatar"])]
    event = AuditEvent.objects.get()
    assert event.action == "users.avatar_set"
    assert event.actor_id == event.subject_id == str(user.pk)


class Down(InMemoryStorage):
    """A storage that is down."""

    def save(self, *args, **kwargs):
        raise OSError("down")

    delete = save


def test_an_outage_of_the_storage_is_told(settings, client_of, user):
    client = client_of(user)
    client.raise_request_exception = False
    entry = {"BACKEND": f"{__name__}.Down"}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}

    file = SimpleUploadedFile("x", picture())

    response = client.put(URL, {"file": file}, format="multipart")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"]
    assert not rows_of(avatar_model()).exists()
    assert rows_of(AvatarLeftover).count() == 1, "a purge deletes what may be there"


@pytest.mark.django_db(transaction=True)
def test_of_uploads_at_once_one_stays(at_once, client_of, user, files):
    content = picture()

    def send(number):
        file = SimpleUploadedFile("x", content)
        sent = client_of(stored(user)).put(URL, {"file": file}, format="multipart")
        return sent.status_code

    assert at_once(4, send) == [200] * 4
    names = rows_of(avatar_model()).get().files.values()
    assert sorted(files()) == sorted(names)


class Scanning(SetAvatar):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_content(self):
        if b"EICAR" in self.input.content:
            raise InvalidPicture


def test_a_host_can_scan_what_is_uploaded(settings, upload):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.avatar.put": f"{__name__}.Scanning"
    }

    assert code_of(upload(picture(comment=b"EICAR"))) == "invalid_picture"


def test_one_picture_is_decoded_at_a_time(client_of, user, files, monkeypatch):
    monkeypatch.setattr(pictures, "LONGEST_WAIT", 0.01)
    pictures._decoding.acquire()
    client = client_of(user)
    client.raise_request_exception = False
    file = SimpleUploadedFile("x", picture())

    response = client.put(URL, {"file": file}, format="multipart")

    pictures._decoding.release()
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert files() == []
