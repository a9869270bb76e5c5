D=$(curl -s -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"t","metadata":{},"node_encodings":{"bindings":{"node":"n"}},"edge_encodings":{"bindings":{"source":"s","destination":"d"}}}' $H/api/v2/upload/datasets/ | jq -r .data.dataset_id)
curl -s -X POST -H "Authorization: Bearer $TOKEN" -d '[{"s":"a","d":"b"}]' $H/api/v2/upload/datasets/$D/edges/json | jq -e .success
curl -s -X POST -H "Authorization: Bearer $TOKEN" -d '{"n":["a","b"]}' $H/api/v2/upload/datasets/$D/nodes/json | jq -e .success
