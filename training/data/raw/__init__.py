"""Published files, one module a source: which files, and how one record becomes rows."""

from collections.abc import Mapping

from training.data.raw import amazon, benchmark, google_local, movielens, own_csv, reviews
from training.data.raw.rows import Source

SOURCES: Mapping[str, Source] = {
    "amazon-reviews-2023": amazon.SOURCE,
    "google-local": google_local.SOURCE,
    "movielens": movielens.SOURCE,
    "csv": own_csv.SOURCE,
    "reviews": reviews.SOURCE,
    "benchmark": benchmark.SOURCE,
}
