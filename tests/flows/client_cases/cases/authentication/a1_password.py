login()
assert graphistry.api_token().count('.') >= 1
assert graphistry.verify_token()
