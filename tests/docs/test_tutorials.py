"""What the tutorial on the sample says of it is true of the sample."""

import networkx as nx
import pytest

from graphkeep.sources.samples.intrusion import intrusion


@pytest.fixture(scope="module")
def sample():
    return nx.from_pandas_edgelist(intrusion().edges.to_pandas(), "source", "destination")


def test_the_address_of_the_alert_has_two_neighbors(sample):
    assert set(sample["185.220.101.47"]) == {"powershell.exe @lap-07", "web01"}


def test_the_dump_leads_to_the_account_that_signs_in_to_two_servers(sample):
    assert set(sample["lsass dump @lap-07"]) == {"powershell.exe @lap-07", "svc-admin"}
    assert set(sample["svc-admin"]) == {"lsass dump @lap-07", "dc01", "db01"}


def test_three_servers_have_the_highest_betweenness(sample):
    scores = nx.betweenness_centrality(sample)

    assert sorted(scores, key=scores.get)[-3:] == ["mail01", "dc01", "files01"]
