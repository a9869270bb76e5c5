"""Reading search bodies of OpenSearch and Elasticsearch: each key is known and harmless, or the body is refused."""
