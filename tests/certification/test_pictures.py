import io

import pytest
from PIL import Image, PngImagePlugin

from certification.exceptions import UnusablePicture
from certification.pictures import LONGEST_SIDE, clean_picture

SVG = 'xmlns="http://www.w3.org/2000/svg"'
SQUARE = f'<svg {SVG} viewBox="0 0 20 10"><rect width="20" height="10" fill="#0e4a53"/></svg>'


def pixels(kind="PNG", size=(40, 20), mode="RGB", **told) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "navy").save(file, format=kind, **told)
    return file.getvalue()


def test_what_is_kept_is_named_by_its_bytes():
    one, again = clean_picture(SQUARE.encode()), clean_picture(SQUARE.encode())
    assert one == again
    assert one.media_type == "image/svg+xml"
    assert (one.width, one.height) == (20, 10)
    assert len(one.sha256) == 64


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pixels_are_kept_as_png_without_what_stood_beside_them(kind):
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "somebody")
    exif = Image.Exif()
    exif[0x010E] = "somebody"
    told = {"pnginfo": note} if kind == "PNG" else {"exif": exif}
    kept = clean_picture(pixels(kind, **told))
    assert kept.media_type == "image/png"
    assert b"somebody" not in kept.content
    assert kept.content[:8] == b"\x89PNG\r\n\x1a\n"


def test_large_pictures_become_smaller_and_clear_ones_stay_clear():
    kept = clean_picture(pixels(size=(3000, 1500), mode="RGBA"))
    assert (kept.width, kept.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize(
    ("inside", "gone"),
    [
        ('<rect width="9" height="9" onload="alert(1)"/>', b"onload"),
        ('<rect width="9" height="9" fill="url(https://evil.example/x)"/>', b"evil"),
        ('<rect width="9" height="9" style="fill:url(javascript:alert(1))"/>', b"javascript"),
        ('<rect width="9" height="9"><set attributeName="x" to="1"/></rect>', b"set"),
        ('<title>secret</title><rect width="9" height="9"/>', b"secret"),
        ('<m:x xmlns:m="urn:x">secret</m:x><rect width="9" height="9"/>', b"secret"),
    ],
)
def test_what_an_svg_does_not_need_is_left_out(inside, gone):
    kept = clean_picture(f'<svg {SVG} viewBox="0 0 9 9">{inside}</svg>'.encode())
    assert gone not in kept.content
    assert b"rect" in kept.content


def test_looks_in_a_style_attribute_and_local_gradients_stay():
    kept = clean_picture(
        f'<svg {SVG} viewBox="0 0 9 9"><defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<rect width="9" height="9" style="fill:url(#a);stroke:#123456"/></svg>'.encode()
    )
    assert b'fill="url(#a)"' in kept.content
    assert b'stroke="#123456"' in kept.content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"x" * 600_000, "larger than 512 kB"),
        (b"GIF89a", "Only PNG, JPEG and SVG"),
        (b"<html/>", "Only PNG, JPEG and SVG"),
        (b"<svg", "cannot be read"),
        (f"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg {SVG}>&a;</svg>".encode(), "cannot be read"),
        (f'<svg {SVG} viewBox="0 0 9 9"/>'.encode(), "draws nothing"),
        (f'<svg {SVG}><rect width="9" height="9"/></svg>'.encode(), "how large"),
        (f'<svg {SVG} viewBox="0 0 9 9"><text>Hello</text></svg>'.encode(), "letters as text"),
        (f'<svg {SVG} viewBox="0 0 9 9"><script>1</script></svg>'.encode(), "script"),
        (f'<svg {SVG} viewBox="0 0 9 9"><image href="file:///etc/passwd"/></svg>'.encode(), "image"),
        (f'<svg {SVG} viewBox="0 0 9 9"><foreignObject/></svg>'.encode(), "foreignObject"),
        (f'<svg {SVG} viewBox="0 0 9 9"><use href="#a"/></svg>'.encode(), "use"),
        (pixels(size=(8, 8)), "too small"),
        (pixels()[:60], "damaged"),
    ],
    ids=range(15),
)
def test_what_cannot_be_used_is_refused_in_words(content, said):
    with pytest.raises(UnusablePicture, match=said):
        clean_picture(content)


def test_too_many_pixels_are_refused_before_they_are_read():
    with pytest.raises(UnusablePicture, match="too many pixels"):
        clean_picture(pixels(size=(5000, 4000)))
