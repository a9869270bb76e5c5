TOKEN=$(curl -s -X POST -H 'Content-Type: application/json' -d "{\"username\":\"alice\",\"password\":\"$G_PW\"}" $H/api-token-auth/ | jq -r .token)
curl -s -X POST -H 'Content-Type: application/json' -d "{\"token\":\"$TOKEN\"}" $H/api-token-refresh/ | jq -e .token
curl -s -X POST -H 'Content-Type: application/json' -d "{\"token\":\"$TOKEN\"}" $H/api-token-verify/ | jq -e .token
curl -s -X POST -H "Authorization: PersonalKey $KEY_ID:$KEY_SECRET" -H 'Content-Type: application/json' -d '{}' $H/api/v2/auth/pkey/jwt/ | jq -e .token
