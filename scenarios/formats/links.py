"""Where a passage leads: plain links and the macros of SugarCube and Harlowe. What is computed is said to be dynamic."""

import re
from dataclasses import dataclass, field

# None of these looks past the beginning of the next one of its kind, so that a text full of beginnings takes no longer
# than any other of its length.
_IMAGE = re.compile(r"\[img\[[^\[\]]*\](?:\[(?P<target>[^\]]*)\])?\]", re.IGNORECASE)
_LINK = re.compile(
    r"\[\[(?P<inner>(?:[^\[\]]|\[(?!\[)|\](?!\]))+?)\](?:\[(?P<setter>[^\]]*)\])?\]", re.DOTALL
)
_EXTERNAL = re.compile(r"\w+:///?\w")
_SUGAR = re.compile(
    r"<<(?P<name>/?[\w=-]{1,60})(?P<rest>(?:\"(?:\\[^<]|<(?!<)|[^\"\\<])*+\"|'(?:\\[^<]|<(?!<)|[^'\\<])*+'"
    r"|[^<>\"']|<(?!<)|>(?!>))*+)>>"
)
_HARLOWE = re.compile(
    r"\((?P<name>[a-zA-Z][\w-]{0,60}):(?P<rest>(?:\"(?:\\[^(]|\((?![a-zA-Z][\w-]{0,60}:)|[^\"\\(])*+\""
    r"|'(?:\\[^(]|\((?![a-zA-Z][\w-]{0,60}:)|[^'\\(])*+'|[^()\"']|\([^()]*\))*+)\)"
)
_QUOTED = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'")
_TAG = re.compile(r"<(?!<)/?[a-zA-Z][^<>]*>")
_COMMENT = re.compile(r"<!--|/\*")
_TWO = frozenset({"link", "button", "click", "link-goto", "linkgoto", "link-reveal-goto", "click-goto"})
_ONE = frozenset({"goto", "include", "display", "go-to", "redirect", "move-to"})
_DYNAMIC = frozenset({"return", "back", "undo", "link-undo"})
_VARIABLE = re.compile(r"[$]\w|(?<!\w)_[a-zA-Z]")


@dataclass(frozen=True)
class Link:
    """`target` is empty where it is computed."""

    label: str
    target: str
    text: str

    @property
    def is_dynamic(self) -> bool:
        return not self.target


@dataclass
class Found:
    """Everything about a passage's text: its links, macros, external links, and the words that are left."""

    links: list[Link] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    has_html: bool = False
    words: str = ""


def _split(inner: str) -> tuple[str, str]:
    """Label and target of what stands between the brackets."""
    if "->" in inner:
        label, _arrow, target = inner.rpartition("->")
    elif "<-" in inner:
        target, _arrow, label = inner.partition("<-")
    elif "|" in inner:
        label, _bar, target = inner.rpartition("|")
    else:
        label = target = inner
    return label.strip(), target.strip()


def _without_comments(text: str) -> str:
    parts: list[str] = []
    place = kept = 0
    endless: set[str] = set()
    while opens := _COMMENT.search(text, place):
        closing = "-->" if opens.group() == "<!--" else "*/"
        place = opens.end()
        end = -1 if closing in endless else text.find(closing, place)
        if end < 0:
            endless.add(closing)
            if len(endless) == 2:
                break
            continue
        parts.append(text[kept : opens.start()])
        place = kept = end + len(closing)
    return "".join([*parts, text[kept:]])


def read(text: str) -> Found:
    """One pass over a passage. Links keep their order, each once."""
    found = Found()
    seen: set[tuple[str, str]] = set()

    def keep(label: str, target: str, whole: str) -> None:
        if target and _EXTERNAL.match(target):
            found.external.append(target[:200])
            return
        is_dynamic = not target or bool(_VARIABLE.search(target))
        link = Link(label, "" if is_dynamic else target, whole[:200])
        if (link.label, link.target or link.text) not in seen:
            seen.add((link.label, link.target or link.text))
            found.links.append(link)

    def image(match: re.Match[str]) -> str:
        if match["target"]:
            keep(match["target"].strip(), match["target"].strip(), match.group())
        return ""

    def link(match: re.Match[str]) -> str:
        label, target = _split(match["inner"])
        keep(label or target, target, match.group())
        return f"\x00{label}\x01"

    def macro(match: re.Match[str]) -> str:
        name = match["name"].lower()
        if name not in found.macros and not name.startswith("/"):
            found.macros.append(name)
        quoted = [one or two for one, two in _QUOTED.findall(match["rest"])]
        rest = match["rest"].strip()
        if name in _TWO and "\x00" not in rest:
            if len(quoted) >= 2:
                keep(quoted[0], quoted[1], match.group())
            elif quoted and rest.rstrip(",").endswith(("'", '"')):
                # A label alone runs what follows; where it leads is up to that.
                pass
            elif rest:
                keep(quoted[0] if quoted else "", "", match.group())
        elif name in _ONE:
            if quoted and _QUOTED.fullmatch(rest.rstrip(", ")):
                keep(quoted[0], quoted[0], match.group())
            elif rest and "\x00" not in rest:
                keep("", "", match.group())
        elif name in _DYNAMIC:
            keep("", "", match.group())
        return ""

    left = _without_comments(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
    left = _IMAGE.sub(image, left)
    left = _LINK.sub(link, left)
    left = _SUGAR.sub(macro, left)
    for _depth in range(3):
        shorter = _HARLOWE.sub(macro, left)
        if shorter == left:
            break
        left = shorter
    plain = _TAG.sub("", left)
    found.has_html = plain != left
    found.words = _tidy(plain)
    return found


def _tidy(text: str) -> str:
    """The words alone: marks of emphasis and what stood around a link taken out, paragraphs kept."""
    text = re.sub(r"''|//(?=\S)|(?<=\S)//(?!\S*:)|~~", "", text)
    lines = []
    for line in text.split("\n"):
        is_only_links = "\x00" in line and not re.sub(r"\x00[^\x01]*\x01|[\s*\-•>|\d.)(\[\]]", "", line)
        lines.append("" if is_only_links else re.sub(r"[ \t]+", " ", re.sub(r"[\x00\x01]", "", line)).strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
