"""Services for films, series and games: each with its columns and where they are publicly described."""

from blue.history.columns import ADDED, CROWD, KIND, PROGRESS, RATING, SHOW, STATUS, TITLE
from blue.history.records import Record
from blue.history.services import Service
from blue.history.source_columns import Usage

_OF_TEN = Usage(scale=10)
_THUMBS = {"1": "1/5", "2": "4/5", "3": "5/5"}  # down, up, two up


def _thumbs_as_stars(record: Record) -> Record:
    stars = record.get("star value") or _THUMBS.get(record.get("thumbs value"), "")
    return record._replace(fields={**record.fields, "star value": stars})


SCREEN_SERVICES = (
    Service(
        "letterboxd", "Letterboxd", (("name", "year", "letterboxd uri"), ("position", "name", "year", "url")),
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
        "letterboxd.com: Settings, Data, Export (ZIP of ratings, watched, diary, reviews, watchlist, lists)",
        Usage(kind="movie", scale=5),
    ),
    Service(
        "imdb", "IMDb", (("const", "your rating", "title"), ("const", "you rated", "title")),
        "Const,Your Rating,Date Rated,Title,Title Type,IMDb Rating,Year,Release Date,Directors",
        "imdb.com: Your ratings, Export (the forms of 2015, 2017 and 2024)",
        Usage(scale=10, marks_only=True, lonely_episodes=True),
    ),
    Service(
        "tmdb", "TMDB", (("tmdb id", "your rating"),),
        "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,Your Rating,Date Rated",
        "themoviedb.org: Ratings, Export",
        Usage(scale=10, marks_only=True, lonely_episodes=True, means={"rating": CROWD}),
    ),
    Service(
        "trakt", "Trakt",
        (
            *((subject, when) for subject in ("movie", "show")
              for when in ("rated at", "watched at", "last watched at", "listed at", "collected at")),
            ("watched at", "action", "title"), ("watched at", "rated at", "plays"), ("trakt id", "title"),
        ),
        "watched_at,last_watched_at,rated_at,listed_at,rating,plays,type,movie.title,show.title,year,episode.number",
        "trakt.tv/settings/data (ZIP of JSON); github.com/damienhaynes/TraktRater (CSV)",
        Usage(scale=10, means={"trakt rating": CROWD}),
    ),
    Service(
        "simkl", "Simkl", (("simkl id", "title"), ("user rating", "status", "added to watchlist at")),
        "SIMKL_ID,Title,Type,Year,Watchlist,LastEpWatched,WatchedDate,Rating",
        "simkl.com: Settings, Backup (CSV, TSV, JSON)", Usage(scale=10, means={"last ep watched": ""}),
    ),
    Service(
        "tvtime", "TV Time",
        (("entity type", "movie name"), ("series name", "ep id"), ("series name", "episode id"),
         ("tv show name", "episode id"), ("tv show name", "episode number"),
         ("tv show name", "nb episodes seen")),
        "type,entity_type,movie_name,series_name,tv_show_name,season_number,episode_number,watch_date,created_at",
        "the request for one's data (ZIP): tracking-prod-records, seen_episode; "
        "github.com/lukearran/TvTimeToTrakt",
        Usage(means={"type": STATUS, "gsi": STATUS, "key": STATUS, "entity type": KIND, "movie name": TITLE,
                     "series name": SHOW, "nb episodes seen": PROGRESS}),
    ),
    Service(
        "tvtime-followed", "TV Time, shows followed", 
        (("tv show name", "archived"), ("tv show name", "active")),
        "tv_show_id,created_at,active,archived,tv_show_name",
        "the request for one's data (ZIP): followed_tv_show", Usage(kind="series", wishes=True),
    ),
    Service(
        "yamtrack", "Yamtrack", (("media id", "source", "media type", "title"),),
        "media_id,source,media_type,title,season_number,episode_number,score,progress,status,start_date,end_date",
        "github.com/FuzzyGrim/Yamtrack, CSV export", _OF_TEN,
    ),
    Service(
        "myanimelist", "MyAnimeList", (("series title", "my status"), ("manga title", "my status")),
        "series_title,manga_title,series_type,my_start_date,my_finish_date,my_score,my_status,my_times_watched",
        "myanimelist.net/panel.php?go=export (XML)",
        Usage(scale=10, means={"series title": TITLE, "manga title": TITLE, "series type": KIND}),
    ),
    Service(
        "anilist", "AniList", (("media", "status", "score"), ("media", "completed at")),
        "media.title,status,score,repeat,startedAt,completedAt",
        "docs.anilist.co: MediaListCollection (JSON)",
    ),
    Service(
        "watcharr", "Watcharr", (("content", "status", "rating"), ("content", "status", "created at")),
        "content.title,content.type,status,rating,createdAt,deletedAt",
        "github.com/sbondCo/Watcharr, export (JSON)", _OF_TEN,
    ),
    Service(
        "prime-video", "Prime Video",
        (("date watched", "type", "title"), ("datum angesehen", "typ", "titel"), ("playback hour", "title"),
         ("seconds viewed", "title")),
        "Date Watched,Type,Title,Episode Title,Playback Hour,Seconds Viewed",
        "github.com/twocaretcat/watch-history-exporter-for-amazon-prime-video; Amazon's request for "
        "one's data",
        Usage(seasons=True),
    ),
    Service(
        "netflix-ratings", "Netflix ratings", (("title name", "thumbs value"), ("title name", "star value")),
        "Profile Name,Title Name,Rating Type,Star Value,Thumbs Value,Event Utc Ts",
        "netflix.com: Download your personal information (CONTENT_INTERACTION/Ratings.csv)",
        Usage(scale=5, seasons=True, means={"star value": RATING}), adapt=_thumbs_as_stars,
    ),
    Service(
        "steam", "Steam", (("appid", "name"), ("appid", "playtime forever")),
        "appid,name,playtime_forever,rtime_last_played",
        "developer.valvesoftware.com: IPlayerService/GetOwnedGames (JSON, CSV)", Usage(kind="game"),
    ),
    Service(
        "filmweb", "Filmweb",
        (("user vote", "original title"), ("user vote", "title"), ("tytul oryginalny", "moja ocena"),
         ("tytul polski", "moja ocena")),
        "timestamp,iso_date,user_vote,global_rate,original_title,pl_title,year,Moja ocena,Data obejrzenia",
        "github.com/ppatrzyk/filmweb-export (CSV, JSON); github.com/JSerwatka/FilmwebExporter", _OF_TEN,
    ),
    Service(
        "criticker", "Criticker", (("score", "film name"), ("filmname", "rating")),
        "Score,Film Name,Year,Date Rated,Percentile/Tier,filmname,rating,reviewdate",
        "criticker.com: Export ratings (CSV, XML)",
        Usage(kind="movie", scale=100, means={"score": RATING, "rating": RATING}),
    ),
    Service(
        "kodi", "Kodi",
        (("playcount", "lastplayed"), ("playcount", "userrating"), ("playcount", "premiered")),
        "title,showtitle,season,episode,userrating,rating,playcount,lastplayed,year,premiered",
        "kodi.wiki: Import-export library, Video (XML)",
        Usage(scale=10, means={"rating": CROWD, "ratings": CROWD}),
    ),
    Service(
        "plex", "Plex", (("grandparent title", "last viewed at"), ("rating key", "title")),
        "title,grandparentTitle,type,year,viewCount,lastViewedAt,userRating",
        "developer.plex.tv: library sections and history (XML, JSON)",
        Usage(scale=10, means={"rating": CROWD, "audience rating": CROWD}),
    ),
    Service(
        "jellyfin", "Jellyfin", (("name", "user data"),),
        "Name,SeriesName,Type,ProductionYear,IndexNumber,CommunityRating,UserData.PlayCount,UserData.Played,"
        "UserData.LastPlayedDate",
        "api.jellyfin.org: Items of a user (JSON)", Usage(scale=10),
    ),
    Service(
        "moviebase", "Moviebase", (("list id", "media type", "title"),),
        "title,media_type,media_id,imdb_id,list_id,last_added,rating",
        "moviebase.app: Settings, Backup, Export CSV", Usage(scale=10, means={"last added": ADDED}),
    ),
)  # fmt: skip
