login()
g = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
assert g._dataset_id and g._edges_file_id and g._nodes_file_id
g2 = graphistry.edges(es, 's', 'd').nodes(ns, 'n').upload()
assert g2._edges_file_id == g._edges_file_id and g2._dataset_id != g._dataset_id
