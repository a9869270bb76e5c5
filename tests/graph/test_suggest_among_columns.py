"""Which of several possible readings of one table comes first: ends before what they are like, things before counts."""

import pyarrow as pa
import pytest

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import suggest_interpretations

BANKS = [f"bank-{n}" for n in range(12)]
COUNTRIES = ["DEU", "FRA", "ITA"]


def readings_of(columns: dict[str, list[object]]) -> tuple[TableInterpretation, ...]:
    return suggest_interpretations([pa.table(columns)])


def ends_of(columns: dict[str, list[object]]) -> tuple[str, str | None, str | None]:
    best = readings_of(columns)[0]
    return best.kind, best.source, best.destination


def test_banks_are_joined_rather_than_their_countries() -> None:
    columns = {
        "id": list(range(60)),
        "originator_bank": [BANKS[n % 12] for n in range(60)],
        "originator_country": [COUNTRIES[n % 3] for n in range(60)],
        "beneficiary_bank": [BANKS[(n * n + n // 7 + 1) % 12] for n in range(60)],
        "beneficiary_country": [COUNTRIES[(n * n + n // 7 + 1) % 3] for n in range(60)],
    }

    assert ends_of(columns) == ("edges", "originator_bank", "beneficiary_bank")


def test_players_are_joined_rather_than_their_nations() -> None:
    columns = {
        "player1": [f"Player {n}" for n in range(40)],
        "player2": [f"Player {n + 40}" for n in range(40)],
        "nation1": [COUNTRIES[n % 3] for n in range(40)],
        "nation2": [COUNTRIES[n % 2] for n in range(40)],
    }

    assert ends_of(columns) == ("edges", "player1", "player2")


def test_the_account_of_the_other_party_is_the_destination() -> None:
    columns = {
        "TXN_ID": list(range(100, 130)),
        "ACCOUNT_ID": [n % 7 for n in range(30)],
        "COUNTER_PARTY_ACCOUNT_NUM": [20 + n % 9 for n in range(30)],
        "TXN_AMOUNT": [n * 1.5 for n in range(30)],
    }

    assert ends_of(columns) == ("edges", "ACCOUNT_ID", "COUNTER_PARTY_ACCOUNT_NUM")


def test_a_process_starts_the_new_process() -> None:
    columns = {
        "Computer": ["PC1"] * 20 + ["PC2"] * 20,
        "SubjectUserName": ["ann", "bob"] * 20,
        "NewProcessId": [f"0x{n + 50:x}f" for n in range(40)],
        "ProcessId": [f"0x{n // 4 + 50:x}f" for n in range(40)],
    }

    assert ends_of(columns) == ("edges", "ProcessId", "NewProcessId")


def test_bus_bars_by_number_are_ends_though_some_are_codes() -> None:
    columns = {
        "name": [str(n) for n in range(30)],
        "bus0": list(range(30)),
        "bus1": [f"{n}_220kV" for n in range(30)],
        "s_nom": [2000.0] * 30,
    }

    assert ("edges", "bus0", "bus1") in {
        (each.kind, each.source, each.destination) for each in readings_of(columns)[:2]
    }


def test_ids_are_no_numbers_because_most_are_digits() -> None:
    names = [str(n) for n in range(95)] + [f"{n}_220kV" for n in range(5)]
    columns = {"name": names, "v_nom": [220.0] * 100, "carrier": ["AC"] * 100}
    best = readings_of(columns)[0]

    assert (best.kind, best.node) == ("nodes", "name")


def test_colors_that_return_in_two_columns_join_nothing() -> None:
    colors = ["red", "blue", "black", "white", "green", "brown"]
    columns = {
        "name": [f"Member {n}" for n in range(60)],
        "shirt_color": [colors[n % 6] for n in range(60)],
        "bottom_color": [colors[(n * 5 + 2) % 6] for n in range(60)],
    }

    assert readings_of(columns)[0].kind == "nodes"


@pytest.mark.parametrize("name", ["LineId", "line_no", "RecordNumber", "obs"])
def test_the_number_of_a_line_is_no_node(name: str) -> None:
    columns = {
        name: list(range(1, 41)),
        "Content": [
            f"a message of many words that says what went on in step {n}" for n in range(40)
        ],
    }

    assert readings_of(columns) == ()


def test_a_year_is_no_node_though_its_name_says_id() -> None:
    columns = {
        "playerID": [f"player{n % 20:02d}" for n in range(60)],
        "yearID": [1980 + n % 30 for n in range(60)],
        "teamID": [["NYA", "BOS", "CHN", "PIT"][n % 4] for n in range(60)],
    }

    assert all("yearID" not in (each.source, each.destination) for each in readings_of(columns))


def test_counts_of_nodes_are_no_ends() -> None:
    columns = {
        "metaedge": ["Gene - binds - Drug", "Drug - treats - Disease", "Gene - in - Anatomy"],
        "source_nodes": [1389, 387, 15097],
        "target_nodes": [1689, 77, 402],
    }

    assert readings_of(columns)[0].kind == "nodes"


def test_one_value_in_each_of_two_columns_is_no_graph() -> None:
    columns = {"HostName": ["squid"] * 9, "HostIP": ["10.0.6.5"] * 9, "Level": [0.5] * 9}

    assert readings_of(columns) == ()


def test_two_columns_without_names_are_joined() -> None:
    columns = {
        "column1": [f"id: DOID:{n}" for n in range(30)],
        "column2": [f"xref: OMIM:{n * 7}" for n in range(30)],
    }

    assert ends_of(columns) == ("edges", "column1", "column2")


def test_tables_that_know_each_other_are_joined_before_one_is_drawn_alone() -> None:
    orders = pa.table({"id": list(range(101, 141)), "user_id": [n % 20 + 1 for n in range(40)]})
    users = pa.table({"id": list(range(1, 21)), "first_name": [f"Ann{n}" for n in range(20)]})

    assert suggest_interpretations([orders, users])[0].kind == "edges+nodes"


def test_outlines_are_no_lists() -> None:
    columns = {
        "WKT": [f"POLYGON (({n} 1, {n} 2, {n + 1} 2, {n} 1))" for n in range(20)],
        "NAME": [f"County {n}" for n in range(20)],
        "STATE_NAME": ["Illinois", "Missouri"] * 10,
    }

    assert [each.kind for each in readings_of(columns) if each.kind == "lists"] == []
