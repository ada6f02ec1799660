"""Which column is which, whatever its header is called: roles by folded header name, in many languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

TITLE, SHOW, EPISODE, RATING, CROWD = "title", "show", "episode", "rating", "crowd"
DONE, DATE, STARTED, ADDED, WISHED = "done", "date", "started", "added", "wished"
YEAR, KIND, CREATOR, ITEM, STATUS = "year", "kind", "creator", "item", "status"
PLAYS, REPEATS, PROGRESS, SECONDS, FINISHED, DELETED = (
    "plays", "repeats", "progress", "seconds", "finished", "deleted",
)  # fmt: skip

MEANINGS = {  # in words for the table of formats
    TITLE: "title", SHOW: "series of an episode", EPISODE: "episode (the row is one)", RATING: "own mark",
    DONE: "date finished, read, watched or rated", DATE: "date", STARTED: "date begun", ADDED: "date added",
    WISHED: "date wished", YEAR: "year of the work", KIND: "kind", CREATOR: "creator", ITEM: "identifier",
    STATUS: "status or shelf", PLAYS: "times", REPEATS: "times again", PROGRESS: "how far",
    SECONDS: "how long", FINISHED: "finished or not", DELETED: "deleted or not",
    CROWD: "other people's marks (not used)",
}  # fmt: skip

# Within a role, earlier names win: a file with "Title" and "Name" has its titles under "Title".
_NAMES = {
    TITLE: """
        title, movie title, book title, film title, primary title, original title, item title,
        product title, product name, item name, name, movie, film, book, show, series title, movie name,
        book name, work, item, titel, filmtitel, buchtitel, titre, titre du film, titulo,
        titulo original, nombre, pelicula, libro, nome, titolo, film titolo, filme, livro, livre, naam,
        tytul, nazwa, nazev, cim, titlu, baslik, film adi, judul, otsikko, nimi, название, фильм, книга,
        назва, τιτλος, タイトル, 作品名, 題名, 标题, 標題, 片名, 书名, 書名, 名称, 제목, 영화, العنوان,
        כותרת, शीर्षक, titre original, tytul oryginalny, full title,
        tytul polski, pl title, film name, filmname, title name, game, game name, anime title, manga title
    """,
    RATING: """
        my rating, my ratings, my rating overall, your rating, you rated, user rating, user vote, userrating,
        personal rating, moja ocena, my stars, star rating, rating, ratings, stars, star value,
        my score, score, your score, user score, rate, rated, rating10, rating100,
        bewertung, wertung, meine bewertung, sterne, punkte, note, ma note, votre note, etoiles,
        evaluation, calificacion, puntuacion, valoracion, estrellas, nota, minha nota, avaliacao,
        estrelas, voto, valutazione, punteggio, stelle, beoordeling, waardering, cijfer, sterren, ocena,
        hodnoceni, ertekeles, puan, betyg, karakter, bedommelse, arvosana, vurdering, оценка,
        рейтинг, моя оценка, βαθμολογια, 評価, 評点, 点数, 评分, 評分, 个人评分, 我的评分,
        평점, 별점, التقييم, דירוג
    """,
    YEAR: """
        year, release year, production year, first publish year, season year, original publication year,
        publication year, release date year, published,
        jahr, erscheinungsjahr, annee, annee de sortie, ano, ano de lanzamiento, anno, anno di uscita,
        jaar, rok, rok produkcji, ar, vuosi, yil, evjarat, год, год выпуска, рік, ετος, 年, 公開年,
        出版年, 年份, 연도
    """,
    KIND: """
        entity type, media type, type, kind, series type, anime type, typ nosnika, format type,
        title type, content type, mediatype, typ, art, genre type, tipo, тип,
        種類, 类型
    """,
    CREATOR: """
        author, authors, author s, primary author, primaryauthor, author text, author names, director,
        directors, artist, creator, brand, writer, by, autor,
        autoren, autorin, regisseur, regie, auteur, auteurs, realisateur, realisatrice, autores,
        director a, autore, regista, diretor, auteur s, rezyser, автор, режиссер, 著者, 監督, 作者,
        导演, 저자, 감독
    """,
    SHOW: """
        show, show title, show name, series name, series title, tv show name, tv show, grandparent title,
        showtitle, serie, program, programme
    """,
    EPISODE: """
        episode, episode number, episode title, episode name, ep number, season number, season, episodes,
        index number, folge, episodio, odcinek
    """,
    CROWD: """
        average rating, avg rating, imdb rating, ratings average, community rating, vote average, global rate,
        trakt rating, tmdb rating, community rating overall, average score, mean score, srednia ocena,
        public rating, site rating, critic rating, rating count, ratings count, num ratings, num votes, votes,
        vote count, rating average
    """,
    DONE: """
        date finished, finished at, finish date, finished date, finished on, completed at, completed on,
        date completed, completed date, completion date, my finish date, end date, date ended, finished,
        readings, last date read, date last read, last read, dates read, date read, read at, read on,
        user read at, dateread, read date,
        watched date, date watched, watched at, last watched at, last watched date, last watched, watch date,
        watched on, date played, viewed at, last viewed at, viewed on, date viewed, last played date,
        last played at,
        last played, lastplayed, rtime last played, played at, last seen, seen date, playback hour,
        playback start datetime utc, seen, viewed, watched, read, gesehen am, gelesen am, datum angesehen,
        date de visionnage, date de lecture, vu le, lu le, fecha de visualizacion, visto, leido,
        data di visione, datum gezien, data obejrzenia, data przeczytania, дата просмотра, просмотрено,
        視聴日, 読了日, 鑑賞日, 观看日期, stopped date,
        date rated, rated at, user rated at, rated on, rated date, vote date, review date, reviewdate,
        bewertet am,
        data oceny, event utc ts, date de notation, дата оценки, 打分日期, 标记日期, activity timestamp
    """,
    DATE: """
        date, iso date, start time, time, timestamp, datetime, when, datum, jour, fecha, data, dia, pvm,
        paivamaara, dato, tarih, дата, ημερομηνια, 日付, 日期, 날짜, التاريخ, תאריך
    """,
    STARTED: """
        date started, started at, started on, start date, my start date, date begun, datestarted, begun
    """,
    ADDED: """
        date added, added, date added to library, added at, user date added, created at, created,
        purchase date, purchased, acquired date, last added, shelf date, date created
    """,
    WISHED: "listed at, added to watchlist at, wishlisted at, date wishlisted",
    STATUS: """
        exclusive shelf, read status, reading status, watch status, my status, status, bookshelf, shelf,
        shelf name, list status, user status, collections, watchlist, list id, list name, state,
        activity, action, statut, estado, stato, статус, 状态
    """,
    PLAYS: """
        plays, play count, playcount, view count, views, watch count, times watched, times read, read count,
        total plays, user data play count
    """,
    REPEATS: """
        repeat, repeats, my times watched, my times read, num times rewatched, num times reread,
        rewatch count,
        rewatches, rereads, times rewatched, rewatched times, repeat count
    """,
    PROGRESS: """
        percent complete, percentage read, percent read, progress percent, playtime forever, hours played,
        playtime, hours, watched episodes count, my watched episodes, my read chapters, progress,
        episodes watched, chapters read
    """,
    SECONDS: "seconds viewed",
    FINISHED: """
        is finished, played, is watched, watched status, is read, is seen, completed, user data played
    """,
    DELETED: "deleted, deleted at, is deleted",
    ITEM: "movieid, movie id, bookid, book id, asin, parent asin, itemid, item id, work id, tv show id",
}


_SCALE = re.compile(r"(?: \d)? ?(?:out of |of |x )?(5|10|100)(?: stars)?$")  # "My rating (1-10)" when folded


_WITHOUT_ACCENT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_MOST_KEPT = 10_000  # characters of the headers of one row, up to which what was found for them is kept
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


def fold_header(header: str) -> str:
    """ "Título", "TITULO " and "titulo:" are one: lower case, without accents, words parted by one space."""
    return _folded(header[:100])  # a cache keeps its keys: none may be megabytes long


@lru_cache(maxsize=4096)
def _folded(header: str) -> str:
    parted = _CAMEL.sub(" ", header)  # "WatchedAt", "playtimeForever"
    decomposed = unicodedata.normalize("NFKD", parted).casefold()
    letters = "".join(c for c in decomposed.translate(_WITHOUT_ACCENT) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields under folded headers."""
    names = tuple(fields)
    fold = _folded_all if len("".join(names)) < _MOST_KEPT else _folded_all.__wrapped__
    return dict(zip(fold(names), fields.values(), strict=True))


@lru_cache(maxsize=1024)  # the objects of one list have the same few sets of keys
def _folded_all(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold_header, headers))


_ROLES = {
    fold_header(name): (role, rank)
    for role, names in _NAMES.items()
    for rank, name in enumerate(names.split(","))
}


@lru_cache(maxsize=4096)
def _role_and_rank(header: str) -> tuple[str, int] | None:
    return _ROLES.get(header) or _ROLES.get(_SCALE.sub("", header))


def role_of(header: str) -> str | None:
    """The role of a folded header, None if it is not known; a scale behind it does not matter."""
    known = _role_and_rank(header)
    return known[0] if known else None


def scale_in(header: str) -> float | None:
    """The scale that a folded header of ratings names: 10 of "rating 1 10", else None."""
    match = _SCALE.search(header)
    return float(match[1]) if match else None


def column_for(role: str, headers: Iterable[str]) -> str | None:
    """The folded header that plays a role best, None if there is none."""
    return next(iter(columns_for(role, headers)), None)


def columns_for(role: str, headers: Iterable[str]) -> tuple[str, ...]:
    """All folded headers of a role, the best first."""
    headers = tuple(headers)
    find = _columns_for if len(headers) < _MOST_KEPT // 100 else _columns_for.__wrapped__
    return find(role, headers)


@lru_cache(maxsize=1024)
def _columns_for(role: str, headers: tuple[str, ...]) -> tuple[str, ...]:
    candidates = [header for header in headers if role_of(header) == role]
    return tuple(sorted(candidates, key=lambda header: _role_and_rank(header)[1]))
