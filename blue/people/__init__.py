"""Many people at once: what the profiles of a whole population say, each claim down to a person's lines."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "auditing": ["Audit", "MARKS", "audit", "wilson"],
        "corrections": ["Correction", "propose"],
        "differing": ["Diff", "diff"],
        "forgetting": ["Receipt", "forget"],
        "library": ["Library"],
        "records": ["audit_record", "diff_record", "page_record", "person_record", "segment_record"],
        "replaying": ["BulkReplay", "replay"],
        "reporting": ["report"],
        "segments": ["Described", "Segments", "describe", "segment"],
        "store": ["Filters", "Hit", "Page", "PeopleStore", "Person"],
    },
)
