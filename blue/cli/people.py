"""`blue people search | segments | audit | diff | forget`: what the profiles of a whole population say."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blue.cli.arguments import (
    Progress,
    add_command,
    as_json,
    chosen_models,
    loaded_retriever,
    positive,
)

if TYPE_CHECKING:
    from blue.datatypes import TextEncoder
    from blue.people import Audit, Described, Diff, Filters, Page, PeopleStore


def register(
    commands: "argparse._SubParsersAction",
    common: argparse.ArgumentParser,
    model: argparse.ArgumentParser,
    catalog: argparse.ArgumentParser,
) -> None:
    """Add `people` to the command line."""
    people = commands.add_parser("people", help="many people at once: what a whole population's profiles say")
    parts = people.add_subparsers(required=True, metavar="COMMAND")
    search = add_command(parts, "search", _search, [common, model], "find people by what their profiles say")
    _add_folder(search)
    search.add_argument(
        "text", metavar="TEXT", nargs="?", default="", help="what to look for (default: list all)"
    )
    search.add_argument("--page", type=positive, default=1, help="which page, of 20 people (default: 1)")
    _add_filters(search)
    _register_groups(parts, [common, model], catalog)
    _register_forget(parts, common)
    search.epilog = "Example: blue people search profiles 'gentle skin care' --titles 10-50"


def _register_groups(
    parts: "argparse._SubParsersAction", shared: Sequence, catalog: argparse.ArgumentParser
) -> None:
    segments = add_command(
        parts, "segments", _segments, [*shared, catalog], "group people, name and describe the groups"
    )
    audit = add_command(
        parts, "audit", _audit, [*shared, catalog], "what is wrong with the profiles, and whose they are"
    )
    audit.add_argument("--report", type=Path, metavar="FILE", help="write an HTML page that stands alone")
    diff = add_command(parts, "diff", _diff, shared, "how two folders of the same people differ")
    for command in (segments, audit, diff):
        _add_folder(command)
        command.add_argument(
            "--segments",
            type=positive,
            default=0,
            metavar="N",
            help="how many groups (default: by the number of people)",
        )
    diff.add_argument("other", metavar="OTHER", type=Path, help="the folder that is compared with it")


def _register_forget(parts: "argparse._SubParsersAction", common: argparse.ArgumentParser) -> None:
    forget = add_command(
        parts, "forget", _forget, [common], "remove a person from shards, index, corrections and caches"
    )
    _add_folder(forget)
    forget.add_argument("--user", metavar="ID", help="whom; without it an interrupted removal is finished")


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", metavar="DIR", type=Path, help="a folder that training.scale.profile_users wrote"
    )


def _add_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--titles", type=_range, default=(0, None), metavar="A-B", help="length of the history"
    )
    command.add_argument("--user", default="", metavar="ID", help="just this person")
    command.add_argument("--wrote", default="", metavar="NAME", help="beginning of the profiler's name")
    command.add_argument("--kind", default="", help="who has a title of this kind, where histories are kept")
    command.add_argument("--failed", action="store_true", default=None, help="only who has no profile")


def _range(text: str) -> tuple[int, int | None]:
    """A range of whole numbers; one side may be left out."""
    least, dash, most = text.partition("-")
    if not dash or not (least or most) or not (least + most).isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no range; write 10-50, 10- or -50")
    return int(least or 0), int(most) if most else None


def _filters(chosen: argparse.Namespace) -> "Filters":
    from blue.people import Filters

    least, most = chosen.titles
    return Filters(least, most, chosen.user, chosen.wrote, chosen.kind, chosen.failed)


def _opened(chosen: argparse.Namespace, progress: Progress) -> "PeopleStore":
    from blue.people import PeopleStore

    return PeopleStore.open(chosen.folder, progress)


def _encoder(chosen: argparse.Namespace, progress: Progress) -> "TextEncoder":
    """The embedder of the models that a command names; no language model is loaded."""
    from blue.models import get_preset
    from blue.retrieval import load_encoder

    models = chosen_models(chosen).opened(progress)
    return load_encoder(get_preset(models.model).embedder, progress).encoder


def _search(chosen: argparse.Namespace) -> str:
    from blue.people import page_record

    with Progress(chosen.verbose) as progress:
        store = _opened(chosen, progress)
        encoder = _encoder(chosen, progress)
        page = store.search(encoder, chosen.text, _filters(chosen), chosen.page)
    return as_json(page_record(page)) if chosen.json else _page_text(page)


def _page_text(page: "Page") -> str:
    from blue.records.plain_text import table

    if not page.hits:
        return "Nobody fits. Say it in other words, or leave out a filter."
    rows = [
        (
            hit.person.user_id,
            str(hit.person.titles_read),
            f"{hit.near.similarity:.2f}" if hit.near else "",
            _told(hit),
        )
        for hit in page.hits
    ]
    head = f"{page.total:,} people, page {page.number} of {page.pages}"
    return f"{head}\n\n{table(('user', 'titles', 'close', 'sentence'), rows)}"


def _told(hit) -> str:
    if hit.near:
        return hit.person.sentences[hit.near.number]
    return hit.person.error or " ".join(hit.person.sentences)


def _segments(chosen: argparse.Namespace) -> str:
    from blue.people import describe, segment, segment_record

    with Progress(chosen.verbose) as progress:
        store = _opened(chosen, progress)
        retriever, _ = loaded_retriever(chosen, progress)
        found = describe(store, segment(store, chosen.segments), retriever)
    return as_json({"segments": list(map(segment_record, found))}) if chosen.json else _segments_text(found)


def _segments_text(found: "list[Described]") -> str:
    return "\n\n".join(
        f"{group.number + 1}. {group.name}\n   {group.people:,} people, such as {', '.join(group.examples)}\n"
        f"   says more: {', '.join(phrase.text for phrase in group.phrases) or 'nothing'}\n"
        f"   finds: {', '.join(item.title for item in group.items)}"
        for group in found
    )


def _audit(chosen: argparse.Namespace) -> str:
    from blue.models import explained_os_errors
    from blue.people import audit, audit_record, describe, report, segment

    with Progress(chosen.verbose) as progress:
        store = _opened(chosen, progress)
        retriever, _ = loaded_retriever(chosen, progress)
        segments = segment(store, chosen.segments)
        described = describe(store, segments)
        names = [group.name for group in described]
        found = audit(store, retriever.catalog.by_id, segments, names, progress)
    if chosen.report:
        with explained_os_errors(chosen.report):
            chosen.report.write_text(report(found, store, described), encoding="utf-8")
    return as_json(audit_record(found, store)) if chosen.json else _audit_text(found)


def _audit_text(found: "Audit") -> str:
    from blue.people.reporting import group_name
    from blue.records.plain_text import table

    rows = [
        (
            figure.mark,
            group_name(figure.group, found.names),
            f"{figure.marked:,} of {figure.sentences:,}",
            f"{figure.share:.1%}",
            f"{figure.people_marked:,} of {figure.people:,}",
            "{:.1%} - {:.1%}".format(*figure.interval),
        )
        for figure in found.figures
    ]
    head = f"{found.profiled:,} of {found.people:,} people have a profile, {found.with_history:,} a history"
    return f"{head}\n\n{table(('what', 'who', 'sentences', 'share', 'people', '95 %'), rows)}"


def _diff(chosen: argparse.Namespace) -> str:
    from blue.people import PeopleStore, diff, diff_record

    with Progress(chosen.verbose) as progress:
        found = diff(_opened(chosen, progress), PeopleStore.open(chosen.other, progress), chosen.segments)
    return as_json(diff_record(found)) if chosen.json else _diff_text(found)


def _diff_text(found: "Diff") -> str:
    lines = [
        f"{found.shared:,} people are in both, {found.only_old:,} only in the first, {found.only_new:,} only "
        f"in the second; {found.moved:,} of {found.compared:,} moved to another segment",
        f"{found.kept:,} sentences stayed, {found.came:,} came, {found.went:,} went",
        *(
            f"  {move.people:,} from {move.old + 1} ({found.segments[move.old]}) to {move.new + 1} "
            f"({found.segments[move.new]}): {', '.join(move.examples)}"
            for move in found.moves
        ),
        *(f"  came to {people:,}: {text}" for text, people in found.most_came),
        *(f"  went from {people:,}: {text}" for text, people in found.most_went),
        f"said more now: {', '.join(phrase.text for phrase in found.said_more) or 'nothing'}",
        f"said less now: {', '.join(phrase.text for phrase in found.said_less) or 'nothing'}",
    ]
    return "\n".join(lines)


def _forget(chosen: argparse.Namespace) -> str:
    from blue.people import forget

    found = forget(chosen.folder, chosen.user)
    receipts = [vars(receipt) | {"files": list(receipt.files)} for receipt in found]
    if chosen.json:
        return as_json({"receipts": receipts})
    return "\n".join(
        f"Removed from {', '.join(receipt['files']) or 'no shard'}; {receipt['corrections']} proposals "
        f"dropped. Receipt {receipt['person']}, salt {receipt['salt']}: keep both."
        for receipt in receipts
    ) or "Nothing was left to remove."  # fmt: skip
