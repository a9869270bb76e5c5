login()
import networkx as nx, igraph
graphistry.from_igraph(igraph.Graph.Ring(5)).plot(render=False)
graphistry.bind(source='s', destination='d', node='n').plot(nx.path_graph(4), render=False)
