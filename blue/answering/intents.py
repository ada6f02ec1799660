"""What a question wants, by plain rules (English), and the part of it that says of what.

>>> [wants(text).intent for text in ("How would I rate Dune?", "What do I avoid?", "What to watch?")]
['rating', 'avoid', 'recommend']
"""

import re
from dataclasses import dataclass

from blue.answering.answers import Feature, Intent

_ME = r"(?:i|me|you|they|he|she|we|(?:the|this) (?:person|user|viewer|reader))"
_LIKE = r"(?:like|enjoy|love|hate|dislike|appreciate|care for|fancy|be into|be interested in)"
_TAKE = r"(?:watch|see|read|try|buy|choose|pick|take|start)"
_SEEN = (
    r"(?:seen|see|read|watched|watch|finished|finish|known|know|rated|rate|given|give|gave|liked|like|loved|"
)
_SEEN += r"love|enjoyed|enjoy|hated|hate)"
_X = r"(?P<x>.+?)"
_END = r"\s*[?.!]*$"
_MUCH = r"(?:\s+(?:a lot|much|at all|too|very much|best|most|more|tonight|next|now|today|again))*"
_FAVOURITE = (
    r"favou?rites?|best[- ]rated|top[- ]rated|highest[- ]rated|most[- ](?:liked|loved|"
    r"watched|read)|best liked"
)
_WORST = (
    r"(?:least|lowest|worst)[- ](?:favou?rite|liked|loved|rated)|worst|lowest[- ]rated|most "
    r"(?:hated|disliked)"
)

# In this order: the first that fits says what is wanted. `x` is what it is wanted of.
_RULES: tuple[tuple[Intent, tuple[str, ...]], ...] = (
    (
        "compare",
        (
            rf"^(?:do|would|will|did) {_ME} (?:{_LIKE}|prefer|rather \w+) {_X} (?:more|better|rather) "
            rf"than (?P<y>.+?){_END}",
            rf"^(?:do|would|will) {_ME} prefer {_X} (?:or|over|to) (?P<y>.+?){_END}",
            rf"^(?:is|are) {_X} (?:better|more (?:for me|my \w+))(?: for me)? than (?P<y>.+?){_END}",
            rf"^(?:please )?compare {_X} (?:and|with|to) (?P<y>.+?){_END}",
            rf"^{_X} (?:vs\.?|versus) (?P<y>.+?){_END}",
        ),
    ),
    (
        "favourite",
        (
            rf"\b(?:what|who|which)\b.*\b(?:{_WORST}|{_FAVOURITE})\b(?P<x>.*){_END}",
            rf"^(?:my|list my|show my|name my)\b.*\b(?:{_WORST}|{_FAVOURITE})\b(?P<x>.*){_END}",
            r"\b(?:what|which) (?:genres?|themes?|topics?|decades?|directors?|authors?|writers?|makers?)\b.*"
            rf"\b(?:do|did) {_ME} {_LIKE}(?P<x>) (?:most|best|least){_END}",
            rf"^(?:what|which \w+) did {_ME} (?:rate|like|love|enjoy|hate)(?P<x>) (?:the )?"
            rf"(?:lowest|highest|best|most|least|worst){_END}",
            rf"^what(?:'s| is) my (?:mean|average)(?: rating)?(?P<x>.*){_END}",
        ),
    ),
    (
        "why",
        (
            rf"^(?:why|how come|what makes|for what reason)\b{_X}{_END}",
            rf"^(?:explain|because of what)\b{_X}{_END}",
        ),
    ),
    (
        "history",
        (
            rf"\bhow many {_X} (?:have|did|do) {_ME} (?:already |ever )?{_SEEN}\b(?P<y>.*){_END}",
            rf"\bhow many {_X} (?:are|were) (?:there )?in my (?:history|list)(?P<y>){_END}",
            rf"^(?:have|had|did) {_ME} (?:already |ever )?{_SEEN} {_X}{_END}",
            rf"^(?:when|how) did {_ME} {_SEEN} {_X}{_END}",
            rf"^what (?:did|have) {_ME} (?:give|given|rate|rated|think of|thought of) {_X}{_END}",
            rf"\b(?:which|what|list|show)\b(?: of)?(?: the| my)? ?{_X} (?:have|did|that) ?{_ME} "
            rf"(?:already |ever )?"
            rf"{_SEEN}\b(?P<y>.*){_END}",
            rf"^(?:which|what|how many) of my {_X} (?:are|were|did|have)\b(?P<y>.*){_END}",
            rf"\bin my (?:history|list){_X}?{_END}",
        ),
    ),
    (
        "rating",
        (
            rf"\bhow many stars (?:would|will|might|do) {_ME} (?:give|rate|award)(?: to)? {_X}{_END}",
            rf"\b(?:would|will|might|do) {_ME} (?:rate|score) {_X}{_END}",
            rf"\b(?:rating|stars|score) (?:of|for|to|would i give)(?: to)? {_X}{_END}",
            rf"^rate {_X}{_END}",
        ),
    ),
    (
        "avoid",
        (
            rf"^what (?:else )?(?:(?:kinds?|sorts?|genres?|films?|movies?|books?|series) (?:of \w+ "
            rf")?)?(?:do|does|should|can|must) {_ME} "
            rf"(?:usually |always |never )?(?:avoid|dislike|hate|not {_LIKE}|not {_TAKE}|skip|stay "
            rf"away from|never \w+){_MUCH}{_END}",
            r"^(?:what|which) .*\b(?:don't|do not|doesn't|does not|never|can't|cannot) "
            r"(?:i |they )?(?:like|enjoy|want|watch|read|stand|love)\b",
            rf"^(?:what|which) (?:[\w ]+ )?(?:do|does) {_ME} (?:not|never) (?:like|enjoy|want|watch|"
            rf"read|stand|love)\b",
            r"^what(?:'s| is| are)? (?:not for me|my dislikes?|turn\w* (?:me|them) off)",
            r"^what (?:can't|can) (?:i|they) (?:not )?stand",
            rf"^what (?:would|will|might) {_ME} (?:hate|dislike|not (?:like|enjoy)){_END}",
            r"^what (?:turns|puts) (?:me|them) off",
            r"^what bores (?:me|them)",
        ),
    ),
    (
        "tastes",
        (
            rf"^(?:what|which) (?:(?:kinds?|sorts?|types?) of (?:\w+ )?)?(?:do|does) {_ME} "
            rf"{_LIKE}{_MUCH}{_END}",
            r"^what(?:'s| is| are) (?:my|their) (?:tastes?|interests?|profile|preferences?)",
            r"^(?:what|which) (?:films|movies|books|genres|series) (?:do|does) \w+ (?:like|love|enjoy)\b",
            r"^(?:describe|summari[sz]e) (?:me|them|my taste)|^who am i|know about me|say about me|"
            r"think (?:of|about) me\b|^what am i into|^what kind of (?:viewer|reader|person) am i",
        ),
    ),
    (
        "would like",
        (
            rf"^(?:would|will|do|does|did|might|could|can|wouldn't|don't) {_ME} (?:not |really |ever |"
            rf"also )?{_LIKE}"
            rf"(?: to {_TAKE}| {_TAKE}ing)? {_X}{_MUCH}{_END}",
            rf"^should {_ME} (?:not |really )?(?:{_TAKE}|skip|avoid|miss) {_X}{_MUCH}{_END}",
            rf"^(?:how do|what do) {_ME} (?:feel about|think of|think about) {_X}{_END}",
            rf"^(?:am i|are they) (?:a fan of|into|interested in|fond of) {_X}{_MUCH}{_END}",
            rf"^(?:is|are) (?!there\b|it\b|that\b){_X} (?:for me|right for me|something for me|my "
            rf"(?:thing|taste|cup of tea)|"
            rf"worth (?:it|watching|reading|my time)(?: for me)?){_END}",
            rf"^how (?:much )?(?:would|will|do) {_ME} {_LIKE} {_X}{_MUCH}{_END}",
        ),
    ),
    (
        "recommend",
        (
            r"\b(?:recommend\w*|suggest\w*|something|anything|find me|give me|show me|tonight|next)\b",
            rf"^what (?:should|could|can|shall|to|would|film|movie|book|series|else|about)\b|^which "
            rf"\w+ should {_ME}\b",
            rf"\b(?:what|where|which)\b.*\bto {_TAKE}\b|^i(?:'d| would)? (?:want|like|need|feel like|"
            rf"am looking|fancy)\b",
            r"^(?:films|movies|books|series|novels) (?:like|with|about|from|by|for)\b|^more (?:like|"
            r"of|from|by)\b",
        ),
    ),
)  # fmt: skip
_FEATURES: tuple[tuple[Feature, str], ...] = (
    ("maker", r"\b(?:directors?|authors?|writers?|makers?|film-?makers?|novelists?|creators?|who)\b"),
    ("genre", r"\bgenres?\b"),
    ("theme", r"\b(?:themes?|topics?|subjects?)\b"),
    ("decade", r"\b(?:decades?|eras?|periods?|years?)\b"),
    ("rating", r"\b(?:mean|average)\b"),
)
_STARS = re.compile(
    r"(?P<how>more than|over|above|better than|less than|under|below|worse than|at least|at most)?\s*"
    r"(?P<stars>\b[1-5](?:[.,]5)?|\bone|\btwo|\bthree|\bfour|\bfive)\s*(?:stars?\b|★)"
)
_WORDS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}


@dataclass(frozen=True)
class Wanted:
    """An intent, and the words that say of what; `other` is the second side of a comparison."""

    intent: Intent
    about: str = ""
    other: str = ""


def wants(text: str) -> Wanted:
    """What a question wants; "unknown" where no rule knows."""
    plain = text.replace("’", "'")
    for intent, ways in _RULES:
        for way in ways:
            if match := re.search(way, plain, re.IGNORECASE):
                said = match.groupdict()
                return Wanted(intent, (said.get("x") or "").strip(), (said.get("y") or "").strip())
    return Wanted("unknown")


def feature_of(text: str) -> Feature:
    """Whose favourite is asked for; titles where nothing else is named."""
    return next((feature for feature, pattern in _FEATURES if re.search(pattern, text.lower())), "title")


def is_reverse(text: str) -> bool:
    """Whether the least is asked for instead of the most."""
    return re.search(rf"\b(?:{_WORST}|least|lowest|hate)\b", text.lower()) is not None


def stars_of(text: str) -> tuple[float, float] | None:
    """The stars that are named, as a span with both ends included.

    >>> stars_of("Which films did I give less than 3 stars?"), stars_of("five stars")
    ((0.5, 2.5), (5.0, 5.0))
    """
    match = _STARS.search(text.lower())
    if match is None:
        return None
    stars = _WORDS.get(match["stars"]) or float(match["stars"].replace(",", "."))
    how = match["how"] or ""
    if how in ("more than", "over", "above", "better than"):
        return stars + 0.5, 5.0
    if how in ("less than", "under", "below", "worse than"):
        return 0.5, stars - 0.5
    return {"at least": (stars, 5.0), "at most": (0.5, stars)}.get(how, (stars, stars))


def without_stars(text: str) -> str:
    """A text without the stars it names."""
    return _STARS.sub(" ", text)
