"""The formats of graph files."""

from graphkeep.sources.graph_files.dot.reader import DOT
from graphkeep.sources.graph_files.gml import GML
from graphkeep.sources.graph_files.lists.gdf import GDF
from graphkeep.sources.graph_files.lists.lgl import LGL, NCOL
from graphkeep.sources.graph_files.lists.metis import METIS
from graphkeep.sources.graph_files.lists.networkx_lists import NETWORKX
from graphkeep.sources.graph_files.lists.sif import SIF
from graphkeep.sources.graph_files.lists.tgf import TGF
from graphkeep.sources.graph_files.matrices.dl import DL
from graphkeep.sources.graph_files.matrices.matrix_market import MATRIX_MARKET
from graphkeep.sources.graph_files.pajek.reader import PAJEK
from graphkeep.sources.graph_files.rdf.n_triples import N_TRIPLES
from graphkeep.sources.graph_files.rdf.turtle import TURTLE
from graphkeep.sources.graph_files.xml_based.gexf import GEXF
from graphkeep.sources.graph_files.xml_based.graphml import GRAPHML
from graphkeep.sources.graph_files.xml_based.other_xml import XML
from graphkeep.sources.graph_files.xml_based.xgmml import XGMML

GRAPH_FORMATS = (
    DL, DOT, GDF, GEXF, GML, GRAPHML, LGL, MATRIX_MARKET, METIS, NCOL, NETWORKX, N_TRIPLES, PAJEK,
    SIF, TGF, TURTLE, XGMML, XML,
)  # fmt: skip
