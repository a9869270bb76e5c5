import os, json, io, requests, pandas as pd, graphistry
from graphistry import n, e_forward, e_undirected, gt, is_in, let, ref
H = os.environ.get('GRAPHISTRY_PROTOCOL', 'https') + '://' + os.environ['GRAPHISTRY_HOSTNAME']
USER, PW = os.environ.get('G_USER', 'alice'), os.environ['G_PW']
es = pd.DataFrame({'s': ['a', 'b', 'c', 'a'], 'd': ['b', 'c', 'a', 'c'], 'w': [1., 2., 3., 4.]})
ns = pd.DataFrame({'n': ['a', 'b', 'c'], 'type': ['x', 'y', 'x'], 'score': [1, 2, 3]})
def login(): return graphistry.register(api=3, username=USER, password=PW)
