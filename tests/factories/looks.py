"""Looks of certificates, plain and as full as they can be."""

from certification.looks import Look, Signatory
from certification.pictures import Picture, clean_picture

_SVG = 'xmlns="http://www.w3.org/2000/svg"'


def make_logo(colour: str = "#2d4c7c") -> Picture:
    return clean_picture(
        f'<svg {_SVG} viewBox="0 0 240 80"><rect width="240" height="80" rx="8" fill="{colour}"/></svg>'.encode()
    )


def make_signature() -> Picture:
    return clean_picture(
        f'<svg {_SVG} viewBox="0 0 200 60"><path d="M6 44C20 8 34 2 36 20" fill="none" stroke="#16282c"/></svg>'.encode()
    )


def make_look(**told) -> Look:
    return Look(
        **{
            "accent": "#2d4c7c",
            "logo": make_logo(),
            "logo_alt": "Northgate Police",
            "signatories": (
                Signatory("Helen Marsh", "Chief Superintendent", make_signature()),
                Signatory("Idris Vaughan", "Head of Learning"),
            ),
            "wording": {
                "en-gb": {"opening": "{agency} confirms that", "footer": "Questions: extension 2200."},
                "es": {"opening": "{agency} confirma que"},
            },
            **told,
        }
    )


def make_fullest_look() -> Look:
    """Every part as long as it may be."""
    words = {
        "heading": "Certificate of training in recognising and in responding now",
        "opening": ("We who are named above confirm, for all whom it may concern, that " * 2)[:119].strip(),
        "closing": ("{agency} {course} {role} {law} {hours} {issued} {until} " + "and more of it " * 20)[
            :240
        ].strip(),
        "footer": ("A note at the foot of the page that is as long as it may be. " * 4)[:200].strip(),
    }
    return make_look(
        wording={"en-gb": words, "es": words},
        signatories=tuple(
            Signatory(
                ("Wilhelmina Featherstonehaugh-Cholmondeley of Upper and Lower Northgate " * 2)[:80].strip(),
                ("Deputy Assistant Commissioner for Public Protection, Learning and Standards " * 2)[
                    :120
                ].strip(),
                make_signature(),
            )
            for _ in range(3)
        ),
    )
