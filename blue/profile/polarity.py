"""What one sentence of a profile asks for, and what it rejects.

"Can't stand musicals." lies next to the musicals it rejects in an embedding space, so the rejected part is
separated here and ranked against, not for (our choice; the paper does not say). English only: a sentence in
another language counts as liked, as a whole. When in doubt, too: a taste that is taken for a rejection by
mistake ("No-nonsense heroes") surprises more than a rejection that is missed.
"""

import re
from dataclasses import dataclass

_PERSON = (
    r"(?:(?:i|you|they|he|she|we|(?:this|the)\s+(?:person|user|reader|viewer))(?:['’](?:m|re|s|ve|d))?\s+)?"
)
_ADVERB = (
    r"(?:(?:really|absolutely|usually|generally|always|just|also|strongly|simply|actively|mostly|often"
    r"|(?:tends?|tr(?:y|ies)|prefers?|likes?)\s+to)\s+)*"
)
_COLD = (  # how a person says it who does not want to be rude
    r"(?:(?:has|have|finds?|shows?|gets?|takes?|cares?|feels?)\s+)(?:very\s+|so\s+)?(?:little|no|few|not\s+much)\b"
    r"(?:\s+(?!and\b|or\b)\w+){0,3}?\s+(?:for|in|with|to|from|when|about|among)"
    r"|(?:(?:is|was|remains?|stays?|often|quite|rather|tends?\s+to\s+be|has\s+been)\s+)*(?:unmoved|unimpressed|unconvinced"
    r"|untouched|uncharmed|left\s+cold|indifferent|cool|put\s+off|let\s+down|no\s+(?:great\s+)?fan"
    r"|(?:less|little|not|rarely|seldom|hardly|never)\s+(?:(?:so|often|easily|much)\s+)?(?:taken|won|moved|touched|amused|impressed"
    r"|charmed|drawn|keen|enthusiastic|convinced|warmed|one))(?:\s+over)?\s+(?:by|with|on|of|to|towards?|for|when|in)"
    r"|(?:quickly\s+)?(?:tires?|cools?)(?:\s+quickly)?\s+(?:of|on|towards?|off\s+on)|loses?\s+(?:interest|patience)\s+(?:in|with|when)"
    r"|pass(?:es)?\s+over|(?:can(?:not|['’]?t)|does(?:n['’]?t|\s+not))\s+(?:really\s+)?(?:warm|take)\s+to"
)
_REJECTS = (
    r"(?:(?:can(?:not|\s+not|['’]?t)\s+(?:stand|bear|abide)"
    r"|(?:hates?|dislikes?|detests?|loathes?|rejects?)(?!-)"
    r"|avoids?(?!\s+no(?:thing)?\b)|skips?(?!\s+(?:through|across|around|ahead|over|to)\b)"
    r"|(?:does|do|did)(?:n['’]?t|\s+not)\s+(?:really\s+)?(?:like|enjoy|want|care\s+(?:for|about))"
    r"|(?:wo(?:n['’]?t)|will\s+not|never|refuses?\s+to|(?:would\s+)?rather\s+not)\s+(?:watch|see|read|want|like|enjoy|choose)(?:e?s)?"
    r"|(?:(?:is|are|am)\s+)?(?:(?:not|isn['’]?t|aren['’]?t)\s+(?:a\s+(?:big\s+)?fan\s+of|(?:very\s+|so\s+)?fond\s+of"
    r"|(?:that\s+|really\s+)?into|interested\s+in|(?:too\s+|very\s+|so\s+)?keen\s+on|big\s+on)"
    r"|(?:tired|sick|weary)\s+of|(?:bored|put\s+off|turned\s+off)\s+by|(?:bored|fed\s+up|done)\s+with)"
    r"|(?:has\s+|have\s+)?(?:no\s+(?:interest\s+in|time\s+for|patience\s+(?:for|with)|love\s+for)|had\s+enough\s+of)"
    r"|(?:stays?|keeps?|turns?|runs?)\s+away\s+from|steers?\s+clear\s+of|(?:can|could)\s+do\s+without)"
    r"(?!\s+(?:and|or|of|in|at|between|from|crimes?)\b)"  # "love and hate in wartime" rejects nothing
    rf"|{_COLD})"
)
_LIKES = r"(?:lov|lik|enjoy|ador|prefer|want|favou?r|appreciat|seek)(?:e?s|e)?"

# Bare negations are short or they are something else: "No horror", but "No one is what they seem".
_NOT_A_REJECTION = (
    r"(?!(?:one|an?|the|longer|matter|less)\b|doubt|holds\b|way\b|country\b|nonsense|end\b|time\s+to\b|only\b|just\b|your\b|quite\b"
    r"|all\b|every|miss|tire|gets?\b|grow|let\b|g[io]ve|say\b|look|mind|boring|dull|ending)"
)
_BARE = (
    rf"(?:(?:no(?:\s+more)?|not(?:\s+(?:too|very|so)(?:\s+much)?)?|never(?:\s+again)?|less|fewer)\s+{_NOT_A_REJECTION}"
    r"|nothing\s+(?:with|about|involving|featuring|too)\s+|(?:every|any)thing\s+(?:except|but)(?:\s+for)?\s+)"
)
_SHORT = r"(?:(?!(?:is|are|was|were|can|will|beats?|comes?|stays?)\b)[^\s:]+(?:\s+|$)){1,5}"

_AT_START = re.compile(
    rf"^{_PERSON}(?:{_ADVERB}{_REJECTS}\s*(?::\s*|\s)|{_BARE}(?={_SHORT}$))(?P<rest>.+)", re.I | re.S
)
_AT_END = re.compile(
    r"^(?P<rest>.+?)(?:\s+(?:is|are)(?:n['’]?t|\s+not)\s+(?:for\s+(?:me|them|you)|my\s+(?:thing|cup\s+of\s+tea))"
    r"|\s+bores?\s+me|\s+leaves?\s+me\s+cold|[?:,]\s*no,?\s+thanks?(?:\s+you)?)\s*[.!]?$",
    re.I | re.S,
)
_GERUND = r"(?:avoiding|hating|disliking|rejecting|skipping)"
_TURN = r"(?:[\s,;–—]+(?:but|yet|though|although|while|and)\s+|\s*[,;(–—]\s*)"
_AFTER_TURN = re.compile(
    rf"^(?P<liked>.+?)(?:{_TURN}{_PERSON}(?:{_ADVERB}(?:{_REJECTS}|{_GERUND})\s+|(?:without|{_BARE})(?={_SHORT}$)\s*)"
    r"|[\s,;(]+except(?:\s+for)?\s+)(?P<rest>.+)",
    re.I | re.S,
)
# Of a work, not of somebody in it: "films without violence", but "people without memories"; no saying either.
_WORKS = (
    r"(?:films?|movies?|cinema|books?|novels?|fiction|stor(?:y|ies)|tales?|series|shows?|sitcoms?|comed(?:y|ies)|dramas?"
    r"|thrillers?|horror|romances?|romcoms?|fantas(?:y|ies)|myster(?:y|ies)|sci-fi|musicals?|westerns?|noirs?|anim(?:e|ation)"
    r"|documentar(?:y|ies)|adventures?|memoirs?|biograph(?:y|ies)|manga|comics?)"
)
_SAYING = r"(?!(?:parallels?|equals?|peers?|exceptions?|fail|question|warning|words|compromises?)\b)"
_WITHOUT = re.compile(
    rf"^(?P<liked>(?:.*\s)?{_WORKS})\s+(?:without|with\s+no)\s+(?:(?:any|(?:(?:too|so)\s+)?much|all\s+the|the)\s+)?"
    rf"{_SAYING}{_NOT_A_REJECTION}(?={_SHORT}$)(?!.*(?:,(?!.*\bor\b)|\b(?:but|with|about|set|yet|that|which|where)\b))(?P<rest>.+)",
    re.I | re.S,
)
_LIKED_AFTER_ALL = re.compile(
    rf"^(?P<rest>.+?){_TURN}{_PERSON}{_ADVERB}(?P<liked>{_LIKES}\s+.+)", re.I | re.S
)
_SPEAKS_OF_THE_USER = re.compile(rf"^{_PERSON}{_ADVERB}{_LIKES}\b|^i\b", re.I)
_RELATIVE_CLAUSE = re.compile(r"\b(?:who|whom|whose|where|which|that|when)\b", re.I)


@dataclass(frozen=True)
class Stance:
    """What one sentence asks for and what it rejects; at least one of them is a text."""

    liked: str | None
    disliked: str | None


def stance(text: str) -> Stance:
    """Separate what a sentence likes from what it rejects.

    >>> stance("Loves heist films but can't stand musicals.")
    Stance(liked='Loves heist films', disliked='musicals.')
    >>> stance("Avoids bloody horror.")
    Stance(liked=None, disliked='bloody horror.')
    >>> stance("Quiet films without violence.")
    Stance(liked='Quiet films', disliked='violence.')
    >>> stance("Heroes who are kind but hate violence.")  # the heroes hate it, not the reader
    Stance(liked='Heroes who are kind but hate violence.', disliked=None)
    """
    text = text.strip()
    if match := _AT_START.match(text) or _AT_END.match(text):
        rest = match["rest"]
        but = _LIKED_AFTER_ALL.match(rest)
        return Stance(but["liked"], but["rest"]) if but else Stance(None, rest)
    if match := _WITHOUT.match(text):
        return Stance(match["liked"], match["rest"])
    if (match := _AFTER_TURN.match(text)) and not _is_within_the_story(match["liked"]):
        return Stance(match["liked"], match["rest"].removesuffix(")"))
    return Stance(text, None)


def _is_within_the_story(before: str) -> bool:
    """Whether what follows is said of a character, as in "heroes who are kind but ..."."""
    return bool(_RELATIVE_CLAUSE.search(before)) and not _SPEAKS_OF_THE_USER.match(before)
