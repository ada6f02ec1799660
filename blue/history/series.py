"""An episode's title -> its series: "Dark: Season 1: Secrets", "The Purge - Season 1", "Fargo S01E02".

A film keeps its colon: "Mission: Impossible - Fallout" names no season, and "Kill Bill: Vol. 1" has no
episode after it.
"""

import re
from itertools import zip_longest

_ORDINAL = r"(?:\d{1,4}|[ivx]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten)"
_SEASON_WORD = (
    r"(?:season|series|staffel|saison|temporada|stagione|seizoen|sezon|sezóna|säsong|sæson|sesong|kausi|évad"
    r"|sezonul|musim|сезон|сезонът|κύκλος|シーズン|시즌|الموسم|עונה)"
)
_SEASON = re.compile(
    rf"{_SEASON_WORD}\s?{_ORDINAL}\b.*|第.{{1,3}}季|(?:сезон\s)?\d+\.?\s(?:évad|kausi|sezon|сезон|sezóna)"
    r"|limited series|miniserie|miniseries|mini-?series|mini-?série|série limitée|serie limitada|minissérie"
    r"|miniserien|limitierte serie|collection|specials",
    re.IGNORECASE,
)
# A part or volume is a season only if an episode follows: "Money Heist: Part 1: Do as Planned".
_PART = re.compile(
    r"(?:part|teil|partie|parte|deel|del|część|часть|パート|volume|vol\.?|volumen|volumul|book|buch|libro|livre"
    rf"|livro|chapter|kapitel|chapitre|capítulo|capitolo|year|collection)\s?{_ORDINAL}\b.*",
    re.IGNORECASE,
)
_EPISODE_WORD = (
    r"(?:episode|folge|épisode|episodio|episódio|aflevering|odcinek|avsnitt|afsnit|jakso|bölüm|серия|第)"
)
_EPISODE = re.compile(rf"{_EPISODE_WORD}\s?\d{{1,4}}話?", re.IGNORECASE)
_EPISODE_IN_BRACKETS = re.compile(rf"\s*\({_EPISODE_WORD}\s?\d{{1,4}}話?\)$", re.IGNORECASE)
_COLON = re.compile(r"\s*[:：]\s+|：")
_SEASON_AT_END = re.compile(
    rf"\s*(?:[-–—,:]|\s)\s*\(?(?:{_SEASON_WORD}\s?\d{{1,4}}|s\d{{1,3}}\s?e\d{{1,4}}|\d{{1,3}}x\d{{1,4}}"
    rf"|{_SEASON_WORD}\s?\d{{1,4}}\W+{_EPISODE_WORD}\s?\d{{1,4}})\)?(?:\s*[-–—:].*)?$",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"\b(?:official|teaser|season \d+|staffel \d+)\s+(?:trailer|teaser)\b|\b(?:trailer|teaser)(?: "
    r"\d+)?$|_hook_",
    re.IGNORECASE,
)


def series_of(title: str) -> str | None:
    """ "Dark: Season 1: Secrets" -> "Dark"; None for a film, with a colon or without."""
    numbered = _EPISODE_IN_BRACKETS.sub("", title)
    cuts = list(_COLON.finditer(numbered))
    for cut, next_cut in zip_longest(cuts, cuts[1:]):
        series, part = numbered[: cut.start()], numbered[cut.end() : next_cut and next_cut.start()]
        episode_follows = next_cut is not None
        if series and (
            _SEASON.fullmatch(part)
            or (episode_follows and (_PART.fullmatch(part) or part.startswith(f"{series} ")))
            or (not episode_follows and _EPISODE.fullmatch(part))
        ):
            return series
    if numbered != title:  # "BoJack Horseman: The View from Halfway Down (Episode 15)"
        return numbered[: cuts[-1].start()] if cuts else numbered
    return None


def season_stripped(title: str) -> str | None:
    """ "The Purge - Season 1" -> "The Purge", "Fargo S01E02" -> "Fargo"; None if it names no season."""
    series = _SEASON_AT_END.sub("", title[:400]).strip()
    return series if series and series != title[:400].strip() else None


def is_nameless_episode(title: str) -> bool:
    """ "Episode 7", ": Episode 7": an episode of nobody knows what."""
    return _EPISODE.fullmatch(title.strip(" :：")) is not None


def is_trailer(title: str) -> bool:
    """Whether it advertises a title instead of being one."""
    return _TRAILER.search(title) is not None
