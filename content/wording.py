"""Words that we do not use, and how a text says that it names one on purpose.

The list is fact CARE-04 (house wording) and design rules D-2, D-6, D-7 and D-15 of the curriculum. A text that has to name such
a word, because it teaches the word or quotes a law, says so in a comment, with its reason:

    # wording: rescue, refused (this lesson is about these words)

In a lesson the comment stands among the particulars and holds for the whole lesson; in a file that is one list it stands inside
an entry and holds for that; anywhere else it holds for the file.
"""

import re
from dataclasses import dataclass

from content.reader import Problem

_COMMENT = re.compile(r"^\s*#\s*wording:\s*(?P<words>[^()]*?)\s*(?:\((?P<reason>.+)\))?\s*$", re.MULTILINE)
_REMARK = re.compile(r"^\s*#(?!#).*$", re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*”")
# Addresses, codes of facts and short names are no words that anybody reads.
_ADDRESS = re.compile(r"https?://[^\s\"')]+|\[@[^\]]*\]|\bid: *[\w-]+")


@dataclass(frozen=True)
class Rule:
    """`pattern` with a space for any white space, `instead` in our words. `quoted`: also where somebody else says it."""

    pattern: str
    instead: str
    quoted: bool = True

    @property
    def regex(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?<![\w-])(?:{self.pattern.replace(' ', chr(92) + 's+')})(?![\w-])", re.IGNORECASE
        )


# What stands between the brackets of a lookahead is a term of law, of an act or of a thing, not a word for a person.
_RULES = (
    Rule("rescu(?:e|es|ed|er|ers|ing)", "say what was done: found, helped, offered (CARE-04)"),
    Rule(
        "illegals?(?! (?:adoption|employment|entry|migration act))|illegally(?! (?:sold|paid|deducted))",
        "no person is illegal; say what the law asks, such as “without permission to work” (CARE-04)",
    ),
    Rule(
        "modern[- ]day (?:slaves?|slavery)|sex slaves?|slaves?",
        "a person is no slave; “modern slavery” is a term of law (CARE-04)",
    ),
    Rule("child prostitut(?:e|es|ion)|prostitut(?:e|es|ed|ing|ion)", "“child sexual exploitation”; of adults “sex work” (CARE-04)"),
    # Not “to refuse”: that one may refuse is a right, and passes no judgement on anybody.
    Rule("refuse[sd]|refusing|refusals?", "“declined” (CARE-04)"),
    Rule("traffickers?", "“suspected exploiter” before a conviction (CARE-04)"),
    Rule("pimps?|madams", "“suspected exploiter” (CARE-04)"),
    Rule("non-?compliant", "describe what was said and done (CARE-04, CRI-04)"),
    Rule("(?:in|wearing) chains|chained|shackle[sd]?|bound hands|barcodes?|dark alleys?", "no sensational picture (D-6)"),
    Rule("trigger warnings?", "“content note” (D-7)"),
    Rule("(?:get|gain|obtain|secure|win|elicit|achieve) (?:an? |the |full |their |her |his )*disclosures?|(?:make|get|bring) (?:him|her|them|people)(?: to)? disclose", "disclosure is never the aim (D-2)", quoted=False),
    Rule(
        "the police will (?:help|protect|keep)|(?:we|you) (?:will|can) keep (?:you|him|her|them) safe|you are (?:completely |quite |perfectly )?safe (?:now|here)|"
        "(?:strictly|completely|fully|absolutely|totally) confidential|guarantee(?:s|d)? (?:of )?(?:safety|confidentiality|housing|protection|a (?:visa|bed|place))",
        "never promise safety, secrecy, papers, housing or the police; say the honest sentence (D-15)",
        quoted=False,
    ),
)  # fmt: skip
_COMPILED = [(rule, rule.regex) for rule in _RULES]


def wording_problems(text: str, *, file: str) -> list[Problem]:
    """Every word of a file that we do not use, and every comment that allows one without need or reason."""
    problems = []
    for part, line in _parts(text, is_list=file.endswith(".yaml")):
        problems += _of_part(part, file, line)
    return problems


def _parts(text: str, *, is_list: bool) -> list[tuple[str, int]]:
    """Stretches of a file in which one comment holds, each with its first line."""
    if not is_list:
        return [(text, 1)]
    parts: list[tuple[list[str], int]] = [([], 1)]
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("- "):
            parts.append(([], number))
        parts[-1][0].append(line)
    return [("\n".join(lines), first) for lines, first in parts]


def _of_part(text: str, file: str, first_line: int) -> list[Problem]:
    def line_of(offset: int) -> int:
        return first_line + text.count("\n", 0, offset)

    problems = []
    allowed: dict[str, int] = {}
    front = text.split("\n---", 1)[0] if file.endswith(".md") else text
    for comment in _COMMENT.finditer(front):
        at = line_of(comment.start("words"))
        if not comment["reason"]:
            problems.append(
                Problem(file, at, "Give the reason in brackets: # wording: rescue (why it has to stand here)")
            )
        for word in comment["words"].split(","):
            if word.strip():
                allowed[_plain(word)] = at
    blank = _blanked(text, is_markdown=file.endswith(".md"))
    unquoted = _QUOTED.sub(_spaces, blank)
    used = set()
    for rule, regex in _COMPILED:
        for found in regex.finditer(blank if rule.quoted else unquoted):
            word = _plain(found[0])
            if word in allowed:
                used.add(word)
            else:
                problems.append(
                    Problem(
                        file,
                        line_of(found.start()),
                        f"“{found[0]}” is a word that we do not use: {rule.instead}.",
                    )
                )
    problems += [
        Problem(file, at, f"“{word}” is allowed here and stands nowhere. Take it out of the comment.")
        for word, at in allowed.items()
        if word not in used
    ]
    return problems


def _blanked(text: str, *, is_markdown: bool) -> str:
    """The text with addresses, codes and remarks turned into spaces, so that every place keeps its line."""
    head, mark, body = text.partition("\n---") if is_markdown else (text, "", "")
    return _ADDRESS.sub(_spaces, _REMARK.sub(_spaces, head) + mark + body)


def _spaces(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _plain(word: str) -> str:
    return " ".join(word.lower().split())
