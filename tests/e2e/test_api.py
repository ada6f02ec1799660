"""The same actions as endpoints: through gradio_client and as MCP tools, over real HTTP."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, ValidationError

WISHES = "title,status\nEvent Horizon (1997),plan to watch\nAlien (1979),plan to watch\nClueless,planned"
ENDPOINTS = {"parse", "profile", "rank", "score", "explain", "compare", "ask", "both"}
HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"
PROFILE = "Lonely space films.\nHeist films with a code of honour."


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def test_only_the_typed_endpoints_are_public(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {f"/{name}" for name in ENDPOINTS}


def test_parse_tells_what_was_read_and_skipped(client: Client) -> None:
    parsed = client.predict(HISTORY + "\nDune | ten", api_name="/parse")
    assert parsed["format"] == "lines"
    assert [one["title"] for one in parsed["interactions"]] == ["Alien", "Moon", "Heat", "Grease"]
    assert parsed["skipped"][0]["line"] == 5


def test_profile_then_rank(client: Client) -> None:
    written = client.predict(HISTORY, api_name="/profile")
    assert 1 <= len(written["sentences"]) <= 5
    ranked = client.predict(written["profile"], HISTORY, "facets", "movie", 7, api_name="/rank")
    assert [item["rank"] for item in ranked["items"]] == list(range(1, 8))
    assert {item["kind"] for item in ranked["items"]} == {"movie"}
    assert all(item["sentence"] in written["sentences"] for item in ranked["items"])
    assert "Alien" not in {item["title"] for item in ranked["items"] if item["year"] == 1979}
    within = client.predict("Space horror.", HISTORY, within=WISHES, api_name="/rank")
    assert [item["title"] for item in within["items"]] == ["Event Horizon", "Clueless"]  # Alien is known
    narrow = client.predict(
        "Space horror.", within=WISHES, decades="1970s, 1990s", genres="horror", api_name="/rank"
    )
    assert [item["title"] for item in narrow["items"]] == ["Event Horizon", "Alien"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("", ""), "empty"),
        (("Avoids horror.", ""), "what you like"),
        (("Space.", "", "facets", "all", 0), "Choose 1 to 200"),
    ],
)
def test_bad_calls_are_explained(client: Client, arguments: tuple, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*arguments, api_name="/rank")


def test_score_takes_the_profile_apart(client: Client) -> None:
    scored = client.predict(HISTORY, "Moon", PROFILE, "facets", False, 0, api_name="/score")
    assert scored["target"] == "Moon"
    parts = scored["contrastive"]
    assert parts["total"] == pytest.approx((parts["profile_to_item"] + parts["item_to_profile"]) / 2)
    assert scored["next_item_choice"] is None  # the judge was not asked
    assert set(scored["guards"]) == {"format", "length", "copy", "grounding", "repetition"}
    assert scored["profile"] == PROFILE


def test_explain_says_what_an_edit_would_do_and_rank_agrees(client: Client) -> None:
    explained = client.predict(HISTORY, PROFILE, "Ronin", "facets", "movie", 5, api_name="/explain")
    assert len(explained["items"]) == 5
    assert all(item["brought_by"] in (0, 1) for item in explained["items"])
    best = explained["what_if"]["edits"][0]
    assert best["rank"] < explained["what_if"]["rank"]


def test_explain_compare_and_ask_keep_to_decades_and_genres_as_rank_does(client: Client) -> None:
    only = {"decades": "1980s, 1990s", "genres": "comedy"}
    given = {"history": HISTORY, "profile": PROFILE}
    found = [
        client.predict(**given, **only, top=5, api_name="/explain")["items"],
        client.predict(**given, **only, other="Space films.", top=5, api_name="/compare")["moved"],
        client.predict("Five films", **given, **only, api_name="/ask")["items"],
    ]
    for items in found:
        assert len(items) == 5
        assert all(1980 <= item["year"] < 2000 for item in items)
    with pytest.raises(AppError, match="1890s"):
        client.predict(**given, decades="1890s", genres="western", api_name="/explain")


def test_compare_two_profiles_and_four_readings(client: Client) -> None:
    compared = client.predict(
        HISTORY, PROFILE, "Space films.", "Moon", "facets", "movie", 10, api_name="/compare"
    )
    assert 0 <= compared["overlap"] <= 1
    assert {one["name"] for one in compared["rewards"]} >= {"contrastive", "total"}
    read = client.predict(HISTORY, PROFILE, "", "", "facets", "movie", 5, api_name="/compare")
    assert [one["name"] for one in read["readings"]][:2] == ["raw history", "rule-based"]


def test_both_keeps_to_what_neither_knows_and_says_why(client: Client) -> None:
    other = "Notting Hill | 5\nRonin | 4"
    profiles = (PROFILE, "Heist films in which thieves work by a code.\nLondon love stories.")
    found = client.predict(HISTORY, other, *profiles, "facets", "movie", 10, api_name="/both")
    assert [pair["sentences"] for pair in found["shared"]] == [
        [PROFILE.splitlines()[1], profiles[1].splitlines()[0]]
    ]
    assert [item["rank"] for item in found["items"]] == list(range(1, 11))
    for item in found["items"]:
        assert item["score"] == pytest.approx(1 - (max(item["ranks"]) - 1) / (found["candidates"] - 1))
        assert all(one in said for one, said in zip(item["sentences"], profiles, strict=True))
    assert not {"Heat", "Ronin"} & {item["title"] for item in found["items"]}


def test_ask_names_candidates_alone(client: Client) -> None:
    answered = client.predict(
        "What should I watch tonight?", HISTORY, PROFILE, "profile", "movie", api_name="/ask"
    )
    assert answered["answer"]
    assert answered["items"]
    offered = {one["item_id"] for one in answered["given"]["candidates"]}
    assert {one["item_id"] for one in answered["items"]} <= offered
    within = client.predict("Recommend ten films", HISTORY, "Space horror.", within=WISHES, api_name="/ask")
    assert [item["title"] for item in within["items"]] == ["Event Horizon", "Clueless"]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "said"),
    [
        ("/score", (HISTORY, "Zqxv Wrrlk"), "Zqxv"),
        ("/explain", (HISTORY, PROFILE, "Zqxv Wrrlk"), "Zqxv"),
        ("/compare", (HISTORY, PROFILE, "", "", "facets", "all", 999), "Choose 1 to 200"),
        ("/ask", ("  ", HISTORY, PROFILE), "[Aa]sk"),
    ],
)
def test_bad_questions_are_explained(client: Client, endpoint: str, arguments: tuple, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*arguments, api_name=endpoint)


@pytest.mark.parametrize(
    ("endpoint", "arguments", "said"),
    [
        ("/rank", dict(profile=PROFILE, scoring="taste"), "scoring must be one of facets, single"),
        ("/ask", dict(question="Dune?", context="all"), "context must be one of profile, history, none"),
        ("/rank", dict(profile=PROFILE, top="ten"), "top must be a whole number"),
        ("/score", dict(history=HISTORY, next="Moon", judge="yes"), "judge must be true or false"),
        ("/rank", dict(profile=PROFILE, domain="opera"), "no 'opera'. Choose from: book, movie"),
    ],
)
def test_a_wrong_choice_is_said_in_a_sentence(
    client: Client, endpoint: str, arguments: dict, said: str
) -> None:
    with pytest.raises((ValidationError, AppError), match=said):
        client.predict(**arguments, api_name=endpoint)
