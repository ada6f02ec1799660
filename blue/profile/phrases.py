"""How attributes sound inside a sentence: "crime" + "drama" -> "crime dramas", "aliens" -> "about aliens".

Only words, no decisions: `blue.profile.rules` chooses what to say. Attributes are the genres and tags of the
shipped catalogue, DBpedia's book genres, authors and series, and the category leaves and brands of product
data.
"""

import re

# How the sentences of a profile open, in this order: works, and products.
OPENINGS = {
    "works": ("", "Drawn to", "Often picks", "Enjoys", "Also likes"),
    "products": ("", "Often picks", "Looks for", "Also buys", "Fond of"),
}
# Genre -> (as an adjective, as a plural noun); "{work}" becomes films, novels or stories.
GENRES = {
    "documentary": ("documentary", "documentaries"),
    "musical": ("musical", "musicals"),
    "western": ("western", "westerns"),
    "film noir": ("noir", "film noir"),
    "thriller": ("suspenseful", "thrillers"),
    "comedy": ("comic", "comedies"),
    "drama": ("dramatic", "dramas"),
    "mystery": ("mystery", "mysteries"),
    "adventure": ("adventurous", "adventures"),
    "romance": ("romantic", "romances"),
    "horror": ("horror", "horror"),
    "fantasy": ("fantasy", "fantasy"),
    "science fiction": ("science fiction", "science fiction"),
    "crime": ("crime", "crime {work}"),
    "war": ("war", "war {work}"),
    "action": ("action", "action {work}"),
    "animation": ("animated", "animation"),
    "children's": ("family", "children's {work}"),
    "young adult": ("young adult", "young adult {work}"),
    "historical fiction": ("historical", "historical fiction"),
    "literary fiction": ("literary", "literary fiction"),
    "non-fiction": ("true-to-life", "non-fiction"),
    "memoir": ("autobiographical", "memoirs"),
    "autobiography": ("autobiographical", "autobiographies"),
    "biography": ("biographical", "biographies"),
    "picture book": ("illustrated", "picture books"),
    "graphic novel": ("illustrated", "graphic novels"),
    "comic": ("illustrated", "comics"),
    "short story": ("short", "short stories"),
    "coming of age": ("coming-of-age", "coming-of-age {work}"),
    "spy": ("spy", "spy {work}"),
    "detective": ("detective", "detective {work}"),
    "gothic": ("gothic", "gothic {work}"),
    "family saga": ("multi-generational", "family sagas"),
    "chick lit": ("light-hearted", "chick lit"),
    "dystopian": ("dystopian", "dystopian {work}"),
    "superhero": ("superhero", "superhero {work}"),
    "comic book": ("comic-book", "comic-book {work}"),
    "anime": ("anime", "anime"),
    "martial arts": ("martial arts", "martial arts {work}"),
    "space opera": ("space-opera", "space operas"),
    "slasher": ("slasher", "slashers"),
    "dark comedy": ("darkly comic", "dark comedies"),
    "black comedy": ("blackly comic", "black comedies"),
    "satire": ("satirical", "satires"),
    "parody": ("spoof", "parodies"),
    "spoof": ("spoof", "spoofs"),
    "mockumentary": ("mock-documentary", "mockumentaries"),
    "screwball": ("screwball", "screwball comedies"),
    "swashbuckler": ("swashbuckling", "swashbucklers"),
    "biopic": ("biographical", "biopics"),
    "tragedy": ("tragic", "tragedies"),
    "essay": ("thoughtful", "essays"),
    "poetry": ("poetic", "poetry"),
    "ghost story": ("haunted", "ghost stories"),
    "post-apocalyptic": ("post-apocalyptic", "post-apocalyptic {work}"),
    "neo-noir": ("neo-noir", "neo-noir"),
    "spaghetti western": ("spaghetti-western", "spaghetti westerns"),
    "claymation": ("clay-animated", "claymation"),
    "chick flick": ("girls'-night", "chick flicks"),
    "sports": ("sports", "sports {work}"),
    "christian": ("Christian", "Christian {work}"),
    "african-american": ("African American", "African American {work}"),
    "history": ("historical", "history"),
    "self-help": ("practical", "self-help books"),
    "autobiographical": ("autobiographical", "autobiographical {work}"),
    "biographical": ("biographical", "biographical {work}"),
    "police procedural": ("procedural", "police procedurals"),
}
# Of two genres, the one that stands earlier here is the noun.
_NOUN_ORDER = {genre: place for place, genre in enumerate(GENRES)}
_STAND_ALONE = (
    "fiction",
    "fantasy",
    "realism",
    "horror",
    "romance",
    "thriller",
    "mystery",
    "humor",
    "history",
)

_MOODS = (
    "atmospheric funny dark emotional quirky bittersweet thought-provoking mind-bending heartwarming "
    "disturbing creepy dreamlike surreal beautiful depressing inspirational gothic cerebral "
    "psychological intelligent hallucinatory gritty clever fun controversial humorous moving witty "
    "hilarious psychedelic claustrophobic artsy poignant silly philosophical intense inspiring "
    "suspenseful slow tense stylish violent weird feel-good off-beat stylized melancholic melancholy "
    "sad romantic imaginative whimsical crude absurd absurdist postmodern tragic epic brutal bleak "
    "sweet eerie haunting touching sexy sarcastic ironic enigmatic twisted bizarre nostalgic lyrical "
    "meditative thoughtful powerful uplifting scary bloody experimental nonlinear"
)
MOODS = frozenset(_MOODS.split())
QUALITIES = {
    "twist ending": "with a twist at the end",
    "cinematography": "shot with a painter's eye",
    "beautiful scenery": "in beautiful landscapes",
    "visually appealing": "that are a feast for the eyes",
    "good dialogue": "with dialogue worth quoting",
    "great dialogue": "with dialogue worth quoting",
    "soundtrack": "with music that stays",
    "good soundtrack": "with music that stays",
    "great soundtrack": "with music that stays",
    "based on a book": "adapted from books",
    "based on a tv show": "grown out of television",
    "based on a true story": "based on true stories",
    "true story": "based on true stories",
    "made me cry": "that bring tears",
    "black and white": "in black and white",
    "sarcasm": "full of sarcasm",
    "crude humor": "with crude humor",
    "violence": "that do not shy from violence",
    "suspense": "full of suspense",
    "funny as hell": "that are laugh-out-loud funny",
    "classic": "that count as classics",
    "ensemble cast": "with ensemble casts",
    "beautiful cinematography": "shot with a painter's eye",
    "beautifully filmed": "that are beautifully filmed",
    "historical": "with history in them",
    "psychology": "that look into the mind",
}
# Tags are singular labels; inside a sentence they read better like this.
THEMES = {
    "heist": "heists", "serial killer": "serial killers", "court": "courtrooms", "police": "the police",
    "president": "presidents", "assassination": "assassinations", "mafia": "the Mafia",
    "wedding": "weddings", "holocaust": "the Holocaust", "military": "the military",
    "vietnam": "the Vietnam War", "future": "the future", "death penalty": "the death penalty",
    "circus": "the circus", "movie business": "the movie business", "tv": "television", "magic": "magic",
    "wizards": "wizards", "myth": "myths", "tolkien": "Tolkien's world",
    "dark fairy tale": "dark fairy tales", "fairy tale": "fairy tales", "prison": "prisons",
    "bible": "the Bible", "business": "business", "priest": "priests", "nightclub": "nightclubs",
    "fantasy world": "fantasy worlds", "generation x": "generation X", "cold war": "the Cold War",
    "civil war": "the Civil War", "moon": "the moon", "1970s": "the 1970s", "1980s": "the 1980s",
    "1990s": "the 1990s", "1960s": "the 1960s", "1950s": "the 1950s",
    "harry potter": "the wizarding world", "star wars": "the Star Wars galaxy",
    "girl power": "strong girls", "computers": "computers", "england": "England", "demons": "demons",
    "cia": "the CIA", "pow": "prisoners of war", "superhero": "superheroes", "crime": "crime",
    "marriage": "marriage", "robots": "robots", "apocalypse": "the apocalypse",
}  # fmt: skip

_NOT_WORTH_SAYING = {
    "remake",
    "remade",
    "sequel",
    "animal movie",
    "books",
    "movie",
    "boring",
    "overrated",
    "thrilling",
    "vulgar",
}


def work_noun(kinds: set[str], genre_follows: bool = True) -> str:
    """What a group of items of these kinds is called, with a genre before it or by itself.

    >>> work_noun({"movie"}), work_noun({"book"}), work_noun({"book"}, False), work_noun({"movie", "book"})
    ('films', 'novels', 'books', 'stories')
    """
    names = {"movie": "films", "series": "shows", "book": "novels" if genre_follows else "books"}
    return names.get(next(iter(kinds)), "stories") if len(kinds) == 1 else "stories"


def opened(kind: str, place: int, subject: str) -> str:
    """A noun phrase as the sentence at a place (from 0) of a profile; `kind` is "works" or "products".

    >>> opened("works", 0, "crime movies"), opened("works", 6, "crime movies")
    ('Crime movies.', 'Drawn to crime movies.')
    """
    opening = OPENINGS[kind][place % len(OPENINGS[kind])]
    return f"{opening} {subject}." if opening else f"{subject[0].upper()}{subject[1:]}."


def is_genre(attribute: str) -> bool:
    """Whether the attribute has a noun of its own here."""
    return attribute in GENRES


def genre_noun(attribute: str, work: str) -> str:
    """One genre as a plural noun.

    >>> genre_noun("crime", "films"), genre_noun("southern gothic", "novels")
    ('crime films', 'southern gothic novels')
    """
    if attribute in GENRES:
        return GENRES[attribute][1].format(work=work)
    if attribute.endswith(_STAND_ALONE):
        return attribute + ("s" if attribute.endswith("thriller") else "")
    return f"{attribute} {work}"


def genres_noun(attributes: tuple[str, ...], work: str) -> str:
    """One or two genres as one noun phrase.

    >>> genres_noun(("comedy", "romance"), "films"), genres_noun(("crime", "drama"), "films")
    ('romantic comedies', 'crime dramas')
    """
    ordered = sorted(attributes, key=lambda genre: _NOUN_ORDER.get(genre, len(_NOUN_ORDER)))
    head, *rest = ordered
    adjectives = [GENRES[genre][0] if genre in GENRES else genre for genre in rest]
    return " ".join((*adjectives, genre_noun(head, work)))


def is_mood(attribute: str) -> bool:
    """Whether a tag is an adjective for how a work feels."""
    return attribute.lower() in MOODS


def theme(attribute: str) -> str:
    """A tag as what a story is about."""
    return THEMES.get(attribute.lower(), attribute)


def is_name(attribute: str) -> bool:
    """Whether a tag names people ("Coen Brothers"), rather than a place, a time or a theme."""
    words = attribute.split()
    return (
        len(words) >= 2
        and all(word[0].isupper() or word in ("and", "de", "von") for word in words)
        and not re.search(
            r"\b(?:War|World|New|II|City|Power|Nights?|Movie|Arthur|Cold|Los|San|South|North)\b", attribute
        )
    )


def is_worth_saying(attribute: str) -> bool:
    """Whether a tag tells a reader anything: no verdicts, no numbers but decades."""
    plain = attribute.lower()
    return plain not in _NOT_WORTH_SAYING and not re.search(r"\d(?!\d*s$)", plain) and len(plain) <= 32


def join(words: list[str]) -> str:
    """Words as one enumeration.

    >>> join(["aliens", "isolation", "memory"])
    'aliens, isolation and memory'
    """
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
