login()
from graphistry.compute.exceptions import GFQLRemoteError
try: graphistry.edges(es, 's', 'd').gfql_remote([n()], dataset_id='0' * 32); raise SystemExit('no error')
except GFQLRemoteError as ex: assert '404' in str(ex)
