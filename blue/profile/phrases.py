"""How genres sound inside a sentence: "crime" + "drama" -> "crime dramas"."""

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


def work_noun(kinds: set[str], genre_follows: bool = True) -> str:
    """What a group of items of these kinds is called, with a genre before it or by itself.

    >>> work_noun({"movie"}), work_noun({"book"}), work_noun({"book"}, False), work_noun({"movie", "book"})
    ('films', 'novels', 'books', 'stories')
    """
    names = {"movie": "films", "series": "shows", "book": "novels" if genre_follows else "books"}
    return names.get(next(iter(kinds)), "stories") if len(kinds) == 1 else "stories"


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


def join(words: list[str]) -> str:
    """Words as one enumeration.

    >>> join(["aliens", "isolation", "memory"])
    'aliens, isolation and memory'
    """
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
