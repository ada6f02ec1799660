"""Many people at once: what the profiles of a whole population say, each claim down to a person's lines."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "records": ["page_record", "person_record"],
        "store": ["Filters", "Hit", "Page", "PeopleStore", "Person"],
    },
)
