E=$(curl -s -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"file_type":"csv","name":"e"}' $H/api/v2/files/ | jq -r .file_id)
printf 's,d,w\na,b,1\nb,c,2\n' | curl -s -X POST -H "Authorization: Bearer $TOKEN" --data-binary @- $H/api/v2/upload/files/$E | jq -e .is_valid
D=$(curl -s -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"t","metadata":{},"node_encodings":{"bindings":{}},"edge_encodings":{"bindings":{"source":"s","destination":"d"}},"edge_files":["'$E'"]}' $H/api/v2/upload/datasets/ | jq -r .data.dataset_id)
curl -s -o /dev/null -w '%{http_code}\n' "$H/graph/graph.html?dataset=$D"
