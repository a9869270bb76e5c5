"""Search bodies that must be refused before anything is sent, and bodies that must not."""

import json

INDEXES = ("net", "auth-*")

HOSTILE_BODIES = (
    {"query": {"script": {"script": "true"}}},
    {"query": {"bool": {"filter": [{"script": {"script": {"source": "true"}}}]}}},
    {"query": {"bool": {"must": {"bool": {"must_not": [{"script": {"script": "1"}}]}}}}},
    {"query": {"script_score": {"query": {"match_all": {}}, "script": {"source": "1"}}}},
    {"query": {"function_score": {"query": {"match_all": {}}}}},
    {"query": {"terms": {"host": {"index": "hr", "id": "1", "path": "names"}}}},
    {"query": {"bool": {"filter": {"terms": {"host": {"index": "hr", "id": "1", "path": "x"}}}}}},
    {"query": {"terms": {"host": [{"index": "hr"}]}}},
    {"query": {"terms": {"host": "a"}}},
    {"query": {"more_like_this": {"fields": ["a"], "like": [{"_index": "hr", "_id": "1"}]}}},
    {"query": {"percolate": {"field": "query", "index": "hr", "id": "1"}}},
    {"query": {"geo_shape": {"place": {"indexed_shape": {"index": "hr", "id": "1"}}}}},
    {"query": {"wrapper": {"query": "eyJtYXRjaF9hbGwiOnt9fQ=="}}},
    {"query": {"has_child": {"type": "x", "query": {"match_all": {}}}}},
    {"query": {"regexp": {"host": ".*.*.*"}}},
    {"query": {"wildcard": {"host": "*a"}}},
    {"query": {"wildcard": {"host": {"value": "?a"}}}},
    {"query": {"wildcard": {"host": "a*b*c*d*e*f*g*h*i*"}}},
    {"query": {"query_string": {"query": "*a"}}},
    {"query": {"query_string": {"query": "host:*a"}}},
    {"query": {"query_string": {"query": "/.*/"}}},
    {"query": {"query_string": {"query": "host:/a.*/ AND b"}}},
    {"query": {"query_string": {"query": {"$param": "value"}}}},
    {"query": {"query_string": {"query": "a", "rewrite": "scoring_boolean"}}},
    {"query": {"match": {"host": {"query": "a", "analyzer": "x"}}}},
    {"query": {"match": {"host": {"query": {"$param": "nested"}}}}},
    {"query": {"match": {"host": {"query": {"$param": "missing"}}}}},
    {"query": {"match": {"host": {"query": {"$param": "value", "x": 1}}}}},
    {"query": {"match": {"a": "x", "b": "y"}}},
    {"query": {"match_all": {}, "script": {}}},
    {"query": {"nested": {"path": "o", "query": {"match_all": {}}, "inner_hits": {}}}},
    {
        "query": {
            "terms_set": {"a": {"terms": ["x"], "minimum_should_match_script": {"source": "1"}}}
        }
    },
    {"query": {"knn": {"v": {"vector": [1], "k": 1}}}},
    {"query": {"neural": {"v": {"query_text": "x", "model_id": "y"}}}},
    {"query": {"unknown": {}}},
    {"query": []},
    {"query": "host:a"},
    {"script_fields": {"x": {"script": "1"}}},
    {"runtime_mappings": {"x": {"type": "keyword", "script": {"source": "emit('x')"}}}},
    {"derived": {"x": {"type": "keyword", "script": "emit('x')"}}},
    {"docvalue_fields": ["host"]},
    {"stored_fields": ["host"]},
    {"indices_boost": [{"hr": 1}]},
    {"pit": {"id": "x"}},
    {"search_after": [1]},
    {"scroll": "1m"},
    {"slice": {"id": 0, "max": 2}},
    {"rescore": {"query": {"rescore_query": {"match_all": {}}}}},
    {"suggest": {"x": {"text": "a", "term": {"field": "host"}}}},
    {"collapse": {"field": "host", "inner_hits": {"name": "x"}}},
    {"highlight": {"fields": {"host": {}}}},
    {"ext": {}},
    {"profile": True},
    {"explain": True},
    {"from": 5},
    {"size": -1},
    {"size": "10"},
    {"sort": [{"_script": {"type": "number", "script": "1", "order": "asc"}}]},
    {"sort": [{"host": {"order": "asc", "nested": {"path": "x", "filter": {"script": {}}}}}]},
    {"aggs": {"x": {"scripted_metric": {"map_script": "1"}}}},
    {"aggs": {"x": {"terms": {"script": {"source": "1"}}}}},
    {"aggs": {"x": {"terms": {"field": "host", "script": "_value"}}}},
    {
        "aggs": {
            "x": {"terms": {"field": "host"}, "aggs": {"y": {"bucket_script": {"script": "1"}}}}
        }
    },
    {"aggs": {"x": {"terms": {"field": "host", "size": 2000000}}}},
    {"aggs": {"x": {"terms": {"field": "host", "include": ".*"}}}},
    {"aggs": {"x": {"top_hits": {"script_fields": {"y": {"script": "1"}}}}}},
    {"aggs": {"x": {"filter": {"script": {"script": "1"}}}}},
    {"aggs": {"x": {"filters": {"filters": {"y": {"wrapper": {"query": "x"}}}}}}},
    {"aggs": {"x": {"composite": {"sources": [{"y": {"terms": {"script": "1"}}}]}}}},
    {"aggs": {"x": {"global": {}}}},
    {"aggs": {"x": {"sum": {"field": "n"}, "terms": {"field": "host"}}}},
    {"aggs": {"x>y": {"terms": {"field": "host"}}}},
    {"aggs": {"x": {"significant_text": {"field": "host"}}}},
)

HOSTILE_INDEXES = (
    "hr", "net,hr", ["net", "hr"], "*", "_all", "net*", "-hr", "net,-auth", "<net-{now/d}>", "%3Cnet%3E", "other:net",
    "*:net", ".security", ".kibana", "", "net/_search", "../hr", "net?x", "net#", "NET", "auth", "auth-*,hr", ["*"],
    [["net"]], {"$param": "value"}, 5, [], ["net"] * 200, "net ", "net\n", "**", "a*b", "net\u002chr", "__all", "ne\u0442",
)  # fmt: skip

HOSTILE_TEXTS = (
    "", "[]", "null", '"net"', "{", '{"query": {"match_all": {}}} {"x": 1}', '{"size": NaN}', '{"size": Infinity}',
    '{"query": {"match_all": {}}, "query": {"script": {}}}', '{"index": "net", "index": "hr"}',
    '{"query": ' + '{"bool": {"must": ' * 200 + '{"match_all": {}}' + "}}" * 200 + "}", "[" * 100_000,
    "/* c */ {}", "{'index': 'net'}",
)  # fmt: skip

HONEST = (
    {},
    {"query": {"match_all": {}}},
    {"query": {"term": {"host.keyword": "a"}}},
    {"query": {"term": {"host.keyword": {"value": "a", "boost": 2}}}},
    {"query": {"terms": {"host.keyword": ["a", "b"]}}},
    {"query": {"match": {"message": "denied login"}}},
    {"query": {"match": {"message": {"query": "denied login", "operator": "and"}}}},
    {"query": {"match_phrase": {"message": "login denied"}}},
    {"query": {"multi_match": {"query": "denied", "fields": ["message", "host"]}}},
    {"query": {"range": {"bytes": {"gte": 100, "lt": 300}}}},
    {"query": {"range": {"@timestamp": {"gte": "2026-01-02T00:00:00Z"}}}},
    {"query": {"exists": {"field": "user"}}},
    {"query": {"prefix": {"host.keyword": "a"}}},
    {"query": {"wildcard": {"message": {"value": "den*"}}}},
    {"query": {"ids": {"values": ["1", "2"]}}},
    {"query": {"query_string": {"query": "message:denied AND bytes:>100", "default_field": "message"}}},
    {"query": {"simple_query_string": {"query": "denied +login", "fields": ["message"]}}},
    {"query": {"constant_score": {"filter": {"term": {"host.keyword": "a"}}}}},
    {"query": {"bool": {"must": [{"match": {"message": "login"}}], "must_not": {"term": {"host.keyword": "b"}}}}},
    {"query": {"bool": {"should": [{"term": {"host.keyword": "a"}}, {"range": {"bytes": {"gt": 250}}}], "minimum_should_match": 1}}},
    {"query": {"term": {"host.keyword": {"value": {"$param": "value"}}}}},
    {"query": {"terms": {"host.keyword": {"$param": "values"}}}},
    {"sort": [{"bytes": "desc"}], "size": 2},
    {"sort": ["bytes"], "_source": ["host", "bytes"]},
    {"sort": [{"@timestamp": {"order": "asc", "missing": "_last"}}], "_source": {"includes": ["host"]}},
)  # fmt: skip

HONEST_AGGREGATIONS = (
    {"aggs": {"by_host": {"terms": {"field": "host.keyword"}}}},
    {"aggs": {"by_host": {"terms": {"field": "host.keyword"}, "aggs": {"sum": {"sum": {"field": "bytes"}}}}}},
    {"aggs": {"by_day": {"date_histogram": {"field": "@timestamp", "calendar_interval": "day"}}}},
    {"aggs": {"average": {"avg": {"field": "bytes"}}, "most": {"max": {"field": "bytes"}}}},
    {"aggs": {"large": {"filter": {"range": {"bytes": {"gt": 150}}}}}},
    {"aggs": {"sizes": {"range": {"field": "bytes", "ranges": [{"to": 150}, {"from": 150}]}}}},
    {"aggs": {"hosts": {"cardinality": {"field": "host.keyword"}}}},
)  # fmt: skip
PARAMETERS = {"value": "a", "values": ["a", "b"], "nested": {"script": "1"}}


def text_of(body: dict, index: object = "net") -> str:
    return json.dumps({"index": index, **body})
