r"""Claims about the person that nobody should infer from what they watch or read.

What is flagged is a sentence that says what somebody *is*, has or does in health, religion, politics,
orientation, ethnicity or pregnancy; not one that says what works are *about*. "Films about depression",
"Catholic school comedies" and "gay romances" are tastes; "Suffers from depression", "Raised Catholic" and
"A gay viewer" are claims.

So two things are looked for, in English, and only together:

- a word of the topic (`TOPICS`), and
- the person as its bearer: as the subject ("is", "was raised", "lives with", "may be ..."), beside a noun for
  people ("a Muslim viewer", "as a diabetic", "their depression"), or where the sentence opens with the claim
  ("Pregnant and looking for comfort.").

A word of the topic after "about", "of" or "films with", or before a kind of work ("Jewish novels",
"Catholic school films"), is a genre. When in doubt a sentence is not flagged: a flag is a warning to the
reader, and one that cries at every war film is soon ignored. The words are ours; they are not complete and
know no irony.

>>> [one.topic for one in sensitive_claims(["Suffers from depression and seeks comfort."])]
['health']
>>> sensitive_claims(["Films about depression.", "Catholic school comedies."])
()
"""

import re
from collections.abc import Sequence

from blue.inspection.reports import SensitiveClaim

TOPICS = {
    "pregnancy": (
        r"pregnan(?:t|cy)|expecting (?:a|their|her|his) (?:baby|child|first|second)|mother-to-be|mum-to-be|"
        r"mom-to-be|new(?:ly)? (?:mother|mum|mom|parent)s?|trying (?:for a baby|to conceive)|ivf|"
        r"fertility treatments?|miscarriage|postpartum|maternity leave"
    ),
    "health": (
        r"depress(?:ion|ed)|anxi(?:ety|ous)(?: disorder)?|bipolar|schizophreni[ac]|psychosis|ptsd|"
        r"autis(?:m|tic)|adhd|add|ocd|dyslexi[ac]|anorexi[ac]|bulimi[ac]|eating disorders?|"
        r"alcoholi(?:c|sm)|addict(?:s|ion)?|addicted to (?:drugs?|alcohol|gambling|pills)|"
        r"in recovery|sober|diabet(?:es|ic)|cancer|tumou?r|hiv|aids|"
        r"epilep(?:sy|tic)|dementia|alzheimer'?s|parkinson'?s|disab(?:led|ility)|chronic(?:ally)? "
        r"(?:ill(?:ness)?|pain)|mental(?:ly)? (?:illness|ill|health (?:problems?|issues?|struggles?))|"
        r"suicid(?:al|e)|insomniac?|obes(?:e|ity)|overweight|therapy patient|traumati[sz]ed|trauma survivor|"
        r"(?:blind|deaf)(?:ness)?|wheelchair user|burn(?:ed)? ?out|grie(?:f|ving)|medications?|"
        r"antidepressants?"
    ),
    "religion": (
        r"christians?|catholics?|protestants?|evangelicals?|baptists?|mormons?|orthodox|jew(?:s|ish)?|"
        r"muslims?|islam(?:ic)?|hindus?|buddhists?|sikhs?|atheis(?:t|ts|m)|agnostics?|"
        r"jehovah'?s witness(?:es)?|"
        r"pagans?|wiccans?|religious|devout|pious|churchgo(?:er|ing)|believers?(?: in god)?|born-again|"
        r"converts?|lapsed"
    ),
    "politics": (
        r"conservatives?|liberals?|progressives?|left[- ]wing(?:er)?|right[- ]wing(?:er)?|leftists?|"
        r"socialists?|communists?|marxists?|anarchists?|fascists?|nationalists?|libertarians?|republicans?|"
        r"democrats?|tory|tories|labour voter|trump (?:voter|supporter)|biden (?:voter|supporter)|feminists?|"
        r"brexiteers?|activists?|union members?"
    ),
    "orientation": (
        r"gay|lesbians?|bisexual|homosexual|heterosexual|straight(?! to\b)|queer|transgender|trans(?: (?:man|"
        r"woman|person))?|non-?binary|asexual|pansexual|lgbtq?\+?|closeted|in the closet|coming out"
    ),
    "ethnicity": (
        r"black|white|african[- ]americans?|asian(?:[- ]americans?)?|latin(?:[oax]s?)|hispanics?|"
        r"native[- ]americans?|indigenous|arabs?|roma(?:ni)?|gyps(?:y|ies)|caucasian|mixed[- ]race|biracial|"
        r"chinese|japanese|korean|indian|pakistani|mexican|turkish|kurdish|nigerian|jewish descent|"
        r"immigrants?|refugees?|person of colou?r|people of colou?r|ethnic minority"
    ),
}

_PERSON = (
    r"(?:i|you|he|she|they|we|(?:the|this|a|an|your)\s+(?:user|person|viewer|reader|watcher|member|fan|customer|"
    r"individual|man|woman|parent|mother|father|student|teenager))"
)
_HEDGE = (
    r"(?:(?:probably|likely|perhaps|possibly|clearly|apparently|seemingly|most\s+likely|openly|deeply|very|also|"
    r"still|recently|once)\s+)*"
)
_ARTICLE = r"(?:(?:an?|the|their|his|her|my|your)\s+)?"
_QUALIFIED = (
    r"(?:(?:devout|practi[cs]ing|strict|proud|staunch|committed|lifelong|lapsed|young|older|former|recovering|"
    r"severely|clinically|chronic|recent)\s+)*"
)
_IS = (
    r"(?:is|are|was|were|am|be|been|being|identif(?:y|ies)\s+as|seems?(?:\s+to\s+be)?|appears?\s+to\s+be|"
    r"(?:may|might|must|could)\s+be|feels?|became|describes?\s+(?:themselves|himself|herself)\s+as|"
    r"(?:grew\s+up|raised|brought\s+up|born)(?:\s+(?:in|as|by|into))?(?:\s+an?)?)"
)
_HAS = (
    r"(?:suffer(?:s|ed|ing)?\s+from|struggl(?:es|ed|ing|e)\s+with|liv(?:es|ed|ing|e)\s+with|"
    r"deal(?:s|t|ing)?\s+with|diagnosed\s+with|battl(?:es|ed|ing|e)\s+(?:with)?|cop(?:es|ed|ing|e)\s+with|"
    r"recover(?:s|ed|ing)?\s+from|surviv(?:es|ed|ing|e)|has|have|had|having|being\s+treated\s+for|"
    r"afflicted\s+(?:by|with)|undergoing|tak(?:es|ing)|on)"
)
_BEARER = (
    r"(?:viewers?|readers?|watchers?|users?|persons?|people|man|men|woman|women|parents?|mothers?|fathers?|"
    r"students?|teenagers?|fans?|customers?|audience|background|upbringing|heritage|descent|faith|views?|"
    r"beliefs?|household|voters?|patients?|survivors?|sufferers?)"
)
_WORK = (
    r"(?:films?|movies?|comed(?:y|ies)|dramas?|novels?|books?|stor(?:y|ies)|romances?|tales?|memoirs?|thrillers?|"
    r"fiction|cinema|literature|biograph(?:y|ies)|music(?:als?)?|schools?|themes?|characters?|hero(?:es|ines?)?|"
    r"protagonists?|leads?|famil(?:y|ies)|communit(?:y|ies)|humou?r|satires?|histor(?:y|ies)|culture|life|lives|"
    r"icons?|authors?|writers?|directors?|actors?|cast|and\s+white|magic|mysteries|mystery|horror|art|classics?)"
)
# Within a story: what follows is said of its people, not of the person.
_STORY = re.compile(
    rf"\b(?:about|on|of|featuring|starring|portray\w*|depict\w*|explor\w*|set\s+in|who|whose|whom|where|in\s+which|"
    rf"based\s+on|with\s+(?:an?\s+)?\w*\s*(?:characters?|heroes|leads?)|{_WORK})\b",
    re.I,
)


def sensitive_claims(sentences: Sequence[str]) -> tuple[SensitiveClaim, ...]:
    """The claims of sentences, one a topic and sentence; see this module's text for what counts."""
    return tuple(
        SensitiveClaim(number, topic, words)
        for number, sentence in enumerate(sentences)
        for topic, pattern in _CLAIMS.items()
        if (words := _claim(sentence, pattern))
    )


def _claim(sentence: str, patterns: Sequence[re.Pattern]) -> str | None:
    """The words that make the claim, or None; one inside a story counts for nothing."""
    for pattern in patterns:
        for match in pattern.finditer(sentence):
            if not _STORY.search(sentence[: match.start("said")]):
                return match["said"].strip()
    return None


def _patterns(topic: str) -> tuple[re.Pattern, ...]:
    term = rf"(?:{topic})"
    ends = rf"\b(?!\s+{_WORK}\b)(?!-)"
    return tuple(
        re.compile(pattern, re.I)
        for pattern in (
            # "is a devout Catholic", "was raised Jewish", "may be pregnant"
            rf"(?P<said>\b(?:{_PERSON}(?:['’](?:m|re|s))?\s+)?{_HEDGE}{_IS}\s+{_HEDGE}{_ARTICLE}{_QUALIFIED}{term}{ends})",
            rf"(?P<said>\b(?:i['’]m|you['’]re|they['’]re|he['’]s|she['’]s)\s+{_HEDGE}{_ARTICLE}{_QUALIFIED}{term}{ends})",
            # "suffers from depression", "recovering from cancer"
            rf"(?P<said>\b{_HEDGE}{_HAS}\s+{_ARTICLE}{_QUALIFIED}{term}{ends})",
            # "a Muslim viewer", "Black woman", "of Jewish heritage", "left-wing views"
            rf"(?P<said>\b(?:of\s+)?{_QUALIFIED}{term}\s+{_BEARER}\b)",
            # "as a diabetic", "their depression", "your faith as a Catholic"
            rf"(?P<said>\bas\s+(?:an?|the)\s+{_QUALIFIED}{term}{ends})",
            rf"(?P<said>\b(?:their|his|her|your|my)\s+(?:own\s+)?{_QUALIFIED}{term}{ends})",
            # "Pregnant and looking for comfort.", "Devout Catholic.", "Votes left."
            rf"^(?P<said>\s*{_HEDGE}{_ARTICLE}{_QUALIFIED}{term})(?=\s*(?:[.,;!]|$|and\s+(?:looking|seeking|in\s+need)|"
            r"(?:who|from|looking|seeking)\b))",
        )
    )


_VOTES = re.compile(
    r"(?P<said>\bvot(?:es?|ed|ing)\s+(?:for|against|left|right|republican|democrat|green|labour|conservative)\b)",
    re.I,
)
_CLAIMS = {topic: _patterns(words) for topic, words in TOPICS.items()}
_CLAIMS["politics"] += (_VOTES,)
