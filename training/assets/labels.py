"""Genres and tags of the sources -> one plain, lower-case vocabulary for movies and books.

One vocabulary matters for retrieval: a profile that says "science fiction" should meet a film filed under
"Sci-Fi" and a novel filed under "Science fiction novel" with the same words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_MOVIE_GENRES = {"Sci-Fi": "science fiction", "Film-Noir": "film noir", "Children": "children's"}
_NOT_A_GENRE = {"(no genres listed)", "IMAX"}  # IMAX is a screen

# DBpedia genres name the form as well ("Crime novel"): the item's kind already says it is a book.
_FORM = re.compile(r"(?<!science)[\s-]+(?:novels?|fiction|literature|books?|genre|film|story|stories)$")
_KEEP_FORM = {  # here the second word carries the meaning
    "historical fiction", "literary fiction", "speculative fiction", "graphic novel", "picture book",
    "short story", "ghost story", "school story", "board book", "verse novel",
}  # fmt: skip
_BOOK_GENRES = {  # after the form is dropped
    "historical": "historical fiction",
    "historical novels": "historical fiction",
    "historical fiction novel": "historical fiction",
    "literary": "literary fiction",
    "realistic": "realism",
    "realist": "realism",
    "literary realism": "realism",
    "young-adult": "young adult",
    "teen": "young adult",
    "juvenile": "children's",
    "romantic": "romance",
    "nonfiction": "non-fiction",
    "non": "non-fiction",
    "non fiction": "non-fiction",
    "chick-lit": "chick lit",
    "humour": "humor",
    "dark humour": "dark comedy",
    "apocalyptic": "post-apocalyptic",
    "dystopia": "dystopian",
    "utopian and dystopian": "dystopian",
    "apocalyptic and post-apocalyptic": "post-apocalyptic",
    "magical realism": "magic realism",
    "technothriller": "techno-thriller",
    "short": "short story",
    "short story collection": "short story",
    "short stories": "short story",
    "picture books": "picture book",
    "self-help books": "self-help",
    "essays": "essay",
    "coming-of-age": "coming of age",
    "bildungsroman": "coming of age",
    "bildungsromane": "coming of age",
    "science fiction novels": "science fiction",
    "science fiction novel": "science fiction",
    "science fiction literature": "science fiction",
}
_NOT_BOOK_GENRES = {  # says nothing, or is not a genre (DBpedia's links go astray)
    "novel", "novels", "fiction", "literature", "e. p. dutton", "puffin", "mega-city one", "skaz",
    "list of poetry collections", "collection", "serial", "alchemy in art and entertainment", "recycling",
    "first nations in canada", "teamwork", "work motivation", "industrial management", "contemporary",
    "role-playing game", "science fiction fandom", "anthology",
}  # fmt: skip

_MOST_TAGS = 5
# Notes to oneself, verdicts and coarse words: they describe the tagger, not the film.
_NOT_A_TAG = {
    "in netflix queue", "no dvd at netflix", "not available from netflix", "not seen", "free to download",
    "seen at the cinema", "seen more than once", "imdb top 250", "test tag", "ummarti2006", "for katie",
    "everything you want is here", "bd-r", "recap", "good", "bad", "boring", "overrated", "dull", "stupid",
    "dumb", "awesome", "amazing", "brilliant", "cool", "great movie", "well done", "really bad", "annoying",
    "disappointing", "interesting", "enjoyable", "entertaining", "predictable", "ridiculous", "unoriginal",
    "unintelligent", "nonsense", "lovely", "masterpiece", "crappy sequel", "unnecessary sequel", "random",
    "best comedy", "movies", "too long", "way too long", "tedious", "unexplained", "fucked up",
    "motherfucker", "harley quinn's ass", "hot actress", "sexy female scientist", "heroine in tight suit",
    "stop using useless characters for filler", "audience intelligence underestimated", "plot holes",
    "first was much better", "needed more autobots", "villain nonexistent or not needed for good story",
    "the catholic church is the most corrupt organization in history", "too much love interest",
    "too many characters", "narrative pisstake", "cliche characters", "superficial plot", "overcomplicated",
    "simple", "different", "not funny", "bad-ass", "ending", "characters", "big name actors", "far fetched",
    "great ending", "powerful ending", "slow action", "poorly paced", "unlikely hero", "childish naivity",
    "oldie but goodie", "offensive",
}  # fmt: skip
_NOT_A_TAG_PATTERN = re.compile(
    r"^(?:bad|poor|horrible|horrid|weak|stupid|predictible|lack of|nudity|notable nudity|r:|bechdel|oscar \()"
    r"|[!:]|\.\.\."  # exclamations, and classes such as "cameo:Whoopi Goldberg"
    r"|^(?:\w+\s+){5,}\w+$",  # a remark, not a tag
    re.IGNORECASE,
)
_SAME_TAG = {
    "sci-fi": "science fiction", "scifi": "science fiction", "mindfuck": "mind-bending",
    "black humor": "black comedy", "black humour": "black comedy", "dark humor": "dark comedy",
    "dark humour": "dark comedy", "humour": "humor", "film-noir": "film noir", "time-travel": "time travel",
    "thought provoking": "thought-provoking", "post apocalyptic": "post-apocalyptic",
    "black-and-white": "black and white", "highschool": "high school", "arthouse": "art house",
    "nonlinear": "non-linear", "not linear": "non-linear", "organised crime": "organized crime",
    "coen bros": "coen brothers", "tarantino": "quentin tarantino", "hitman": "hit men",
    "fast-paced": "fast paced", "weddings": "wedding", "bizzare": "bizarre", "rasicm": "racism",
    "leonardo dicarpio": "leonardo dicaprio", "tolkein": "tolkien", "bad ass": "bad-ass",
}  # fmt: skip


def movie_genres(field: str) -> tuple[str, ...]:
    """MovieLens' "Adventure|Sci-Fi" -> ("adventure", "science fiction")."""
    names = [name for name in field.split("|") if name not in _NOT_A_GENRE]
    return tuple(_MOVIE_GENRES.get(name, name.lower()) for name in names)


def book_genres(field: str) -> tuple[str, ...]:
    """DBpedia's "Crime novel,Thriller (genre)" -> ("crime", "thriller"), each once, in order."""
    plain = (_plain_genre(name) for name in field.split(","))
    return tuple(dict.fromkeys(name for name in plain if name and name not in _NOT_BOOK_GENRES))


def _plain_genre(name: str) -> str:
    name = re.sub(r"\s*\([^)]*\)", "", name.replace("’", "'")).strip().lower()
    if name in _BOOK_GENRES:
        return _BOOK_GENRES[name]
    if name not in _KEEP_FORM:
        name = _FORM.sub("", name)
    return _BOOK_GENRES.get(name, name)


def most_used_tags(tags_by_item: Mapping[int, Iterable[str]]) -> dict[int, tuple[str, ...]]:
    """At most five tags an item, by how often it got them, then by alphabet.

    Spellings that differ only in letter case are one tag, shown in its most used spelling.
    """
    cleaned = {item: [tag for raw in tags if (tag := _clean_tag(raw))] for item, tags in tags_by_item.items()}
    spellings: dict[str, Counter[str]] = {}
    for tags in cleaned.values():
        for tag in tags:
            spellings.setdefault(tag.casefold(), Counter())[tag] += 1
    shown = {key: min(seen, key=lambda tag: (-seen[tag], tag)) for key, seen in spellings.items()}
    best = {}
    for item, tags in cleaned.items():
        counts = Counter(tag.casefold() for tag in tags)
        ordered = sorted(counts, key=lambda key: (-counts[key], key))
        best[item] = tuple(shown[key] for key in ordered[:_MOST_TAGS])
    return best


def _clean_tag(raw: str) -> str:
    tag = " ".join(raw.strip().strip("\"'").split())
    if tag.casefold() in _NOT_A_TAG or _NOT_A_TAG_PATTERN.search(tag):
        return ""
    return _SAME_TAG.get(tag.casefold(), tag)


_SAME_THEME = {  # two wordings of one theme, folded
    "basedontruestory": "truestory",
    "basedonatruestory": "truestory",
    "newyork": "newyorkcity",
    "nyc": "newyorkcity",
    "wwii": "worldwarii",
    "worldwar2": "worldwarii",
    "blackhumor": "darkhumor",
}
_BRITISH = re.compile(r"(hum|hon|col|neighb|rum|arm|harb|lab)our")


def fold_theme(theme: str) -> str:
    """What all spellings of a theme have in common.

    >>> fold_theme("Fish-out-of-water"), fold_theme("dark humour") == fold_theme("Black humor")
    ('fishoutofwater', True)
    """
    folded = _BRITISH.sub(r"\1or", re.sub(r"[\W_]+", "", theme.casefold()))
    return _SAME_THEME.get(folded, folded)


def shown_spellings(themes: Iterable[str]) -> dict[str, str]:
    """Folded theme -> its most used spelling, the first in the alphabet of equally used ones."""
    counts: dict[str, Counter[str]] = {}
    for theme in themes:
        counts.setdefault(fold_theme(theme), Counter())[theme] += 1
    return {key: min(seen, key=lambda spelling: (-seen[spelling], spelling)) for key, seen in counts.items()}
