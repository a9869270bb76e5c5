"""The agent, the server's end and a source, over real sockets: queries travel, and each runs once."""

import socket
import threading
import time
from dataclasses import replace

import pytest

from graphkeep.bridge.protocol.handshake import new_keys
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.query import QueryLimits, QueryPolicy
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.bridge.counting_source import CountingSource
from tests.bridge.fault_proxy import FaultProxy
from tests.bridge.in_process import (
    SLOT,
    InProcessAgent,
    InProcessServer,
    MemoryRegistry,
    ask_of,
    numbers,
    query_client_of,
    slot_config,
)
from tests.waiting import wait_until

BACK_S = 5.0


@pytest.fixture
def keys():
    return new_keys()


@pytest.fixture
def source():
    started = CountingSource()
    yield started
    started.close()


@pytest.fixture
def server(tmp_path, keys):
    started = InProcessServer(tmp_path / "relays", MemoryRegistry(**{SLOT: keys}))
    yield started
    started.stop()


@pytest.fixture
def path(server):
    opened = FaultProxy(server.port)
    yield opened
    opened.close()


@pytest.fixture
def start(path, tmp_path):
    started = []

    def start(*slots, name="state", base=None, **changes):
        base_url = base or f"http://127.0.0.1:{path.port}"
        started.append(InProcessAgent(base_url, tmp_path / name, *slots, **changes))
        return started[-1]

    yield start
    for each in started:
        if each.thread.is_alive():
            each.stop()


def is_connected(server):
    return wait_until(lambda: SLOT in server.registry.holders, poll_s=0.02)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_query_runs_at_the_bridge(server, source, start, keys, transport):
    start(slot_config(keys, port=source.port), transport=transport)
    client = query_client_of(server, ask_of("numbers 2500 0"))

    assert numbers(client.batches()) == list(range(2500))
    assert (client.end.rows, client.end.is_cut) == (2500, False)
    assert source.asked == {"numbers 2500 0": 1}


def test_a_bridge_polls_where_websockets_are_cut(server, source, start, keys):
    start(slot_config(keys, port=source.port), base=f"http://127.0.0.1:{no_sockets(server.port)}")

    assert numbers(query_client_of(server, ask_of("numbers 10 0")).batches()) == list(range(10))


def no_sockets(target):
    """The port of a middlebox that answers WebSocket handshakes with 403, and forwards everything else."""
    path = FaultProxy(target)
    original = path._open

    def opened(client):
        first = client.recv(1 << 16, socket.MSG_PEEK)
        if b"upgrade: websocket" in first.lower():
            client.recv(1 << 16)
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            client.close()
        else:
            original(client)

    path._open = opened
    return path.port


def test_many_queries_run_at_once(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    rows = {}

    def ask(number):
        rows[number] = numbers(
            query_client_of(server, ask_of(f"numbers {number * 300} 0.01")).batches()
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows == {number: list(range(number * 300)) for number in range(1, 8)}
    assert set(source.asked.values()) == {1}


def test_a_source_answers_to_test_audit_and_schema(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    ends = {}
    for operation in ("test", "audit", "schema"):
        client = query_client_of(server, ask_of("", operation=operation))
        assert list(client.batches()) == []
        ends[operation] = client.end.value

    assert ends["test"] is None
    assert ends["audit"][0]["check"] == "writes"
    assert ends["schema"]["tables"][0]["columns"] == [{"name": "n", "type": "int64"}]
    assert source.asked == {"test 0 0": 1}


def test_nothing_but_sizes_can_be_read_on_the_way(server, source, start, keys, path):
    start(slot_config(keys, port=source.port, secrets={"password": "canary"}))
    list(query_client_of(server, ask_of("numbers_secret 2500 0")).batches())

    assert source.passwords == {"canary"}
    for secret in (b"canary", b"numbers_secret", keys.server_key.encode(), keys.proxy_key.encode()):
        assert secret not in bytes(path.seen)
    assert b'"type": "hello"' in unmasked(bytes(path.seen))


def unmasked(stream):
    """The first WebSocket message of a stream, as its sender wrote it."""
    frame = stream.split(b"\r\n\r\n", 1)[1]
    at = {126: 4, 127: 10}.get(frame[1] & 0x7F, 2)
    mask, body = frame[at : at + 4], frame[at + 4 : at + 504]
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(body))


def test_the_bridge_refuses_what_only_the_server_allows(server, source, start, keys):
    policy = QueryPolicy(allowed={"tables": ("numbers",)})
    start(slot_config(keys, port=source.port, policy=policy))

    with pytest.raises(QueryRefusedError) as refused:
        list(query_client_of(server, ask_of("salaries 10 0")).batches())

    assert refused.value.message == "table `salaries` is not allowed here; allowed: numbers"
    assert source.asked == {}


def test_the_lower_limit_of_both_sides_holds(server, source, start, keys):
    start(slot_config(keys, port=source.port, limits=QueryLimits(max_rows=1500)))
    client = query_client_of(server, ask_of("numbers 5000 0.01", limits=QueryLimits(max_rows=4000)))

    assert numbers(client.batches()) == list(range(1500))
    assert client.end.is_cut


def test_a_query_ends_at_its_time_limit(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    limits = QueryLimits(max_seconds=0.5)

    with pytest.raises(ConnectorError) as ended:
        list(query_client_of(server, ask_of("numbers 50000 0.2", limits=limits)).batches())

    assert ended.value.stage == "timeout"
    wait_until(lambda: source.cancelled)


def test_settings_of_the_server_lead_only_where_the_bridge_allows(server, source, start, keys):
    hosts = (("127.0.0.1", source.port),)
    start(slot_config(keys, allowed_hosts=hosts))
    allowed = {"host": "127.0.0.1", "port": source.port}
    client = query_client_of(
        server, ask_of("numbers 10 0", settings=allowed, credentials={"password": "x"})
    )
    assert numbers(client.batches()) == list(range(10))

    for strange in (
        {**allowed, "port": 22},
        {**allowed, "host": "127.0.0.2"},
        {**allowed, "file": "/etc/passwd"},
        {},
    ):
        with pytest.raises(QueryRefusedError):
            list(query_client_of(server, ask_of("numbers 20 0", settings=strange)).batches())
    assert source.asked == {"numbers 10 0": 1}


def test_own_settings_of_the_bridge_count_before_those_of_the_server(server, source, start, keys):
    start(slot_config(keys, port=source.port, secrets={"password": "own"}))
    sent = {"host": "127.0.0.9", "port": 9}

    list(
        query_client_of(
            server, ask_of("numbers 10 0", settings=sent, credentials={"password": "x"})
        ).batches()
    )

    assert source.passwords == {"own"}


def test_a_cancelled_query_ends_at_the_source(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    client = query_client_of(server, ask_of("numbers 90000 0.1"))
    rows = client.batches()
    next(rows)

    started = time.monotonic()
    client.cancel()
    with pytest.raises(ConnectorError, match="cancelled"):
        list(rows)

    wait_until(lambda: source.cancelled, poll_s=0.01)
    assert time.monotonic() - started < 2


def test_an_answer_that_nobody_reads_does_not_fill_the_memory(server, source, start, keys):
    """The bridge stops sending at its window; the rest waits in its journal."""
    limits = QueryLimits(max_rows=1_000_000)
    agent = start(slot_config(keys, port=source.port, limits=limits))
    rows = query_client_of(server, ask_of("numbers 400000 0", limits=limits)).batches()
    next(rows)
    journal = agent.agent._slots[SLOT].runner.journal
    entry = next(iter(journal._entries.values()))
    wait_until(lambda: entry.end)

    rest = sum(batch.num_rows for batch in rows)

    assert rest == 399_000


@pytest.mark.parametrize("mode", ["reset", "black hole", "half-open", "server restart"])
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_sh64_a_query_goes_on_after_a_cut(server, source, start, keys, path, mode, transport):
    start(slot_config(keys, port=source.port), transport=transport)
    client = query_client_of(server, ask_of("numbers 20000 0.02"))
    rows = client.batches()
    received = [next(rows)]

    if mode == "server restart":
        server.stop()
        server.start()
    else:
        path.cut(mode)
        time.sleep(1.0)
        path.restore()
    received += rows

    assert numbers(received) == list(range(20000))
    assert source.asked == {"numbers 20000 0.02": 1}


def test_the_bridge_is_back_soon_after_the_path_is(server, source, start, keys, path):
    start(slot_config(keys, port=source.port))
    is_connected(server)

    path.cut("reset")
    wait_until(lambda: SLOT not in server.registry.holders)
    time.sleep(4)
    path.restore()
    restored = time.monotonic()

    is_connected(server)
    assert time.monotonic() - restored < BACK_S


def test_who_asks_again_after_its_own_end_gets_the_whole_answer_once_run(
    server, source, start, keys
):
    start(slot_config(keys, port=source.port))
    ask = ask_of("numbers 8000 0.01")
    rows = query_client_of(server, ask).batches()
    received = [next(rows) for _ in range(3)]
    assert len(received) == 3  # then its process dies

    assert numbers(query_client_of(server, ask).batches()) == list(range(8000))
    assert source.asked == {"numbers 8000 0.01": 1}


def test_a_query_id_never_runs_another_query(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    ask = ask_of("numbers 10 0")
    list(query_client_of(server, ask).batches())

    with pytest.raises(ConnectorError, match="another request"):
        list(query_client_of(server, ask_of("numbers 20 0", query_id=ask.query_id)).batches())
    assert source.asked == {"numbers 10 0": 1}


def test_a_query_that_was_done_does_not_run_again(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    ask = ask_of("numbers 10 0")
    list(query_client_of(server, ask).batches())

    with pytest.raises(ConnectorError, match="no longer has the answer"):
        list(query_client_of(server, ask).batches())
    assert source.asked == {"numbers 10 0": 1}


def test_a_restarted_bridge_ends_begun_queries_and_runs_none_again(server, source, start, keys):
    first = start(slot_config(keys, port=source.port))
    client = query_client_of(server, ask_of("numbers 90000 0.05"))
    rows = client.batches()
    next(rows)

    first.stop()
    start(slot_config(keys, port=source.port))

    with pytest.raises(ConnectorError, match="interrupted by a restart of the bridge"):
        list(rows)
    assert source.asked == {"numbers 90000 0.05": 1}
    assert numbers(query_client_of(server, ask_of("numbers 10 0")).batches()) == list(range(10))


def test_another_process_goes_on_where_one_left_a_query(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    ask = ask_of("numbers 20000 0.02")
    asked = []
    client = query_client_of(server, ask, on_ask=asked.append)
    rows = client.batches()
    next(rows)

    client.detach()
    with pytest.raises(ConnectorError, match="goes on in another process"):
        list(rows)

    assert numbers(query_client_of(server, ask, instance=asked[0]).batches()) == list(range(20000))
    assert (source.asked, source.cancelled) == ({"numbers 20000 0.02": 1}, {})


def test_a_bridge_that_takes_over_runs_no_query_of_the_former(server, source, start, keys):
    first = start(slot_config(keys, port=source.port))
    client = query_client_of(server, ask_of("numbers 90000 0.05"))
    rows = client.batches()
    next(rows)

    first.stop()
    start(slot_config(keys, port=source.port), name="other")

    with pytest.raises(ConnectorError, match="no longer holds the slot"):
        list(rows)
    assert source.asked == {"numbers 90000 0.05": 1}


@pytest.mark.parametrize("side", ["server_key", "proxy_key"])
def test_who_lacks_a_key_gets_nothing(server, source, start, keys, side):
    mallory = replace(keys, **{side: new_keys().server_key})
    start(slot_config(mallory, port=source.port))

    if side == "proxy_key":  # the server sees it; with a wrong server key the bridge does
        wait_until(lambda: server.registry.refused)
    client = query_client_of(server, ask_of("numbers 10 0"), connect_timeout_s=1.0)
    with pytest.raises(ConnectorError, match="No bridge is connected"):
        list(client.batches())
    assert (server.registry.holders, source.asked) == ({}, {})


def test_a_revoked_slot_dies_and_its_queries_end(server, source, start, keys):
    start(slot_config(keys, port=source.port))
    rows = query_client_of(server, ask_of("numbers 90000 0.1")).batches()
    next(rows)

    revoked = time.monotonic()
    server.registry.revoked.add(SLOT)
    with pytest.raises(ConnectorError, match="revoked"):
        list(rows)
    wait_until(lambda: source.cancelled, poll_s=0.02)

    assert time.monotonic() - revoked < 5
    assert server.registry.holders == {}


def test_a_bridge_whose_keys_are_removed_gives_its_slot_back(server, source, start, keys):
    agent = start(slot_config(keys, port=source.port))
    rows = query_client_of(server, ask_of("numbers 90000 0.1")).batches()
    next(rows)

    agent.config = replace(agent.config, slots=())
    removed = time.monotonic()
    agent.agent.reload()
    wait_until(lambda: server.registry.left == [SLOT] and source.cancelled, poll_s=0.02)

    assert time.monotonic() - removed < 5
    rows.close()


def test_a_reloaded_policy_holds_for_the_next_query(server, source, start, keys):
    agent = start(slot_config(keys, port=source.port))
    rows = query_client_of(server, ask_of("numbers 5000 0.05")).batches()
    first = next(rows)

    policy = QueryPolicy(allowed={"tables": ("other",)})
    agent.config = replace(
        agent.config, slots=(slot_config(keys, port=source.port, policy=policy),)
    )
    agent.agent.reload()

    with pytest.raises(QueryRefusedError):
        list(query_client_of(server, ask_of("numbers 20 0")).batches())
    assert numbers([first, *rows]) == list(range(5000))


def test_a_second_bridge_waits_while_the_first_lives(server, source, start, keys):
    first = start(slot_config(keys, port=source.port))
    is_connected(server)
    holder = server.registry.holders[SLOT][1]
    start(slot_config(keys, port=source.port), name="other")
    for number in range(4):
        list(query_client_of(server, ask_of(f"numbers 1{number} 0")).batches())
        time.sleep(0.5)
    assert server.registry.holders[SLOT][1] == holder

    first.stop()
    wait_until(lambda: server.registry.holders.get(SLOT, ("", holder))[1] != holder)
    assert numbers(query_client_of(server, ask_of("numbers 30 0")).batches()) == list(range(30))


def test_two_bridges_do_not_share_a_state_folder(server, source, start, keys):
    start(slot_config(keys, port=source.port))

    with pytest.raises(UserInputError, match="Another bridge uses"):
        start(slot_config(keys, port=source.port))
