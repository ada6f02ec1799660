"""Which column is which, whatever its header is called: roles by folded header name, in many languages."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TITLE, RATING, DATE, YEAR, KIND, CREATOR, ITEM = "title", "rating", "date", "year", "kind", "creator", "item"

# Within a role, earlier names win: a file with "Title" and "Name" has its titles under "Title".
_NAMES = {
    TITLE: """
        title, movie title, book title, film title, primary title, original title, item title,
        product title, product name, item name, name, movie, film, book, show, series title, movie name,
        book name, work, item, titel, filmtitel, buchtitel, titre, titre du film, titulo,
        titulo original, nombre, pelicula, libro, nome, titolo, film titolo, filme, livro, livre, naam,
        tytul, nazwa, nazev, cim, titlu, baslik, film adi, judul, otsikko, nimi, название, фильм, книга,
        назва, τιτλος, タイトル, 作品名, 題名, 标题, 標題, 片名, 书名, 書名, 名称, 제목, 영화, العنوان,
        כותרת, शीर्षक
    """,
    RATING: """
        my rating, your rating, user rating, personal rating, rating, ratings, stars, star rating,
        score, my score, your score, user score, rate, rated, rating10,
        bewertung, wertung, meine bewertung, sterne, punkte, note, ma note, votre note, etoiles,
        evaluation, calificacion, puntuacion, valoracion, estrellas, nota, minha nota, avaliacao,
        estrelas, voto, valutazione, punteggio, stelle, beoordeling, waardering, cijfer, sterren, ocena,
        hodnoceni, ertekeles, puan, betyg, karakter, bedommelse, arvosana, vurdering, оценка,
        рейтинг, моя оценка, βαθμολογια, 評価, 評点, 点数, 评分, 評分, 평점, 별점, التقييم, דירוג
    """,
    DATE: """
        watched date, date watched, watched at, last watched at, date read, read at, date rated,
        rated at, date, watched on, read on, start time, time, timestamp, datetime, created at, created,
        date added, added,
        when, seen, watched, read, finished, date finished, end date, viewed, datum, gesehen am,
        gelesen am, bewertet am, date de visionnage, date de lecture, vu le, lu le, jour, fecha,
        fecha de visualizacion, visto, leido, data, data di visione, dia, datum gezien, pvm, paivamaara,
        dato, tarih, дата, дата просмотра, просмотрено, ημερομηνια, 日付, 視聴日, 読了日, 鑑賞日, 日期,
        观看日期, 날짜, التاريخ, תאריך
    """,
    YEAR: """
        year, release year, original publication year, publication year, release date year, published,
        jahr, erscheinungsjahr, annee, annee de sortie, ano, ano de lanzamiento, anno, anno di uscita,
        jaar, rok, rok produkcji, ar, vuosi, yil, evjarat, год, год выпуска, рік, ετος, 年, 公開年,
        出版年, 年份, 연도
    """,
    KIND: """
        type, kind, media type, title type, content type, mediatype, typ, art, genre type, tipo, тип,
        種類, 类型
    """,
    CREATOR: """
        author, authors, author s, director, directors, artist, creator, brand, writer, by, autor,
        autoren, autorin, regisseur, regie, auteur, auteurs, realisateur, realisatrice, autores,
        director a, autore, regista, diretor, auteur s, rezyser, автор, режиссер, 著者, 監督, 作者,
        导演, 저자, 감독
    """,
    ITEM: "movieid, movie id, bookid, book id, asin, parent asin, itemid, item id",
}


_SCALE = re.compile(r"(?: \d)? ?(?:out of |of |x )?(5|10|100)(?: stars)?$")  # "My rating (1-10)" when folded


@lru_cache(maxsize=4096)
def fold_header(header: str) -> str:
    """ "Título", "TITULO " and "titulo:" are one: lower case, without accents, words parted by one space."""
    decomposed = unicodedata.normalize("NFKD", header[:100]).casefold()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


_ROLES = {
    fold_header(name): (role, rank)
    for role, names in _NAMES.items()
    for rank, name in enumerate(names.split(","))
}


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
    candidates = [header for header in headers if role_of(header) == role]
    return tuple(sorted(candidates, key=lambda header: _role_and_rank(header)[1]))
