"""Services for books and audiobooks: each with its columns and where they are publicly described."""

from blue.history.columns import ADDED, CROWD, STATUS
from blue.history.services import Service
from blue.history.source_columns import Usage

_BOOKS = Usage(kind="book", scale=5)

BOOK_SERVICES = (
    Service(
        "goodreads", "Goodreads",
        (("title", "my rating", "exclusive shelf"), ("book id", "title", "my rating"),
         ("book", "read status", "rating")),
        "Book Id,Title,Author,My Rating,Average Rating,Original Publication Year,Date Read,Date Added,"
        "Exclusive Shelf,Read Count",
        "goodreads.com: My Books, Import and export; the request for one's data (JSON)",
        Usage(kind="book", scale=5, means={"original publication year": "year", "read count": ""}),
        newest_first=True,
    ),
    Service(
        "storygraph", "StoryGraph", (("read status", "star rating"),),
        "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates "
        "Read,Read Count,Star Rating",
        "thestorygraph.com: Manage account, Export StoryGraph library", _BOOKS,
    ),
    Service(
        "librarything", "LibraryThing", (("primary author", "collections"), ("books id", "title")),
        "Book Id,Title,Primary Author,Publication,Date,Rating,Acquired,Date Started,Date "
        "Read,Collections,Entry Date",
        "librarything.com/export.php (TSV, JSON)",
        # "Date" is the edition's; a book's entry into the catalogue says nothing of its reading
        Usage(kind="book", scale=5, means={"date": "", "entry date": "", "entrydate": "", "acquired": ""}),
    ),
    Service(
        "hardcover", "Hardcover", (("hardcover book id", "status"),),
        "Title,Author,Series,Status,Hardcover Book ID,Publish Date,Date Added,Date Started,Date "
        "Finished,Rating",
        "hardcover.app: Settings, Export", _BOOKS,
    ),
    Service(
        "bookwyrm", "BookWyrm", (("author text", "shelf", "finish date"),),
        "title,author_text,remote_id,start_date,finish_date,stopped_date,rating,shelf,shelf_name,shelf_date",
        "github.com/bookwyrm-social/bookwyrm, bookwyrm/views/preferences/export.py", _BOOKS,
    ),
    Service(
        "openlibrary", "Open Library", (("work id", "bookshelf"),),
        "Work ID,Title,Authors,First Publish Year,Edition ID,Bookshelf,My Ratings,Ratings Average",
        "github.com/internetarchive/openlibrary, plugins/upstream/account.py", _BOOKS,
    ),
    Service(
        "openreads", "Openreads", (("readings", "status", "favourite"),),
        "title,subtitle,author,status,favourite,deleted,rating,publication_year,readings,date_added,date_modified",
        "github.com/mateusz-bak/openreads, CSV export", _BOOKS,
    ),
    Service(
        "calibre", "Calibre", (("author sort", "title sort"), ("uuid", "authors", "timestamp", "title")),
        "author_sort,authors,id,pubdate,rating,series,series_index,tags,timestamp,title,title_sort,uuid",
        "manual.calibre-ebook.com: Create a catalog of the books (CSV, XML)",
        Usage(kind="book", means={"timestamp": ADDED, "pubdate": "", "date": ADDED, "series": ""}),
    ),
    Service(
        "libation", "Libation", (("audible product id", "my rating overall"),),
        "Date Added to library,Audible Product Id,Title,Authors,Community Rating: Overall,Date Published,"
        "My Rating: Overall,Is Finished?",
        "github.com/rmcrackan/Libation, LibraryExporter.cs (CSV, JSON)", _BOOKS,
    ),
    Service(
        "audible", "Audible", (("asin", "runtime length min"), ("asin", "percent complete")),
        "asin,title,subtitle,authors,is_finished,percent_complete,rating,num_ratings,date_added,release_date,purchase_date",
        "github.com/mkb79/audible-cli, library export (TSV, JSON)",
        Usage(kind="book", means={"rating": CROWD}),
    ),
    Service(
        "kindle", "Kindle", (("asin", "title", "percentage read"),),
        "asin,title,authors,percentageRead,originType,resourceType",
        "read.amazon.com/kindle-library (JSON)", Usage(kind="book"),
    ),
    Service(
        "kobo", "Kobo", (("read status", "percent read"), ("date last read", "read status")),
        "Title,Author,Series,DateLastRead,ReadStatus,PercentRead,Rating",
        "the content table of KoboReader.sqlite, saved as CSV", _BOOKS,
    ),
    Service(
        "libby", "Libby", (("title", "activity", "library"), ("title", "activity", "timestamp")),
        "cover,title,author,publisher,isbn,timestamp,activity,details,library",
        "libbyapp.com: Timeline, Actions, Export timeline (CSV, JSON)",
        Usage(kind="book", means={"activity": STATUS}),
    ),
)  # fmt: skip
