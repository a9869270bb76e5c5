"""Functions and procedures of Cypher that only compute or read: all others are refused, those of plugins among them."""

FUNCTIONS = frozenset(
    """abs acos all any asin atan atan2 avg btrim ceil char_length character_length coalesce collect cos cot count degrees
    e elementid endnode exists exp floor haversin head id isempty isnan keys labels last left length log log10 ltrim max
    min nodes none normalize nullif percentilecont percentiledisc pi point properties radians rand range relationships
    replace reverse right round rtrim sign sin single size split sqrt startnode stdev stdevp substring sum tail tan
    timestamp toboolean tobooleanlist tobooleanornull tofloat tofloatlist tofloatornull tointeger tointegerlist
    tointegerornull tolower tostring tostringlist tostringornull toupper trim type upper lower valuetype
    date datetime localdatetime localtime time duration date.truncate datetime.truncate localdatetime.truncate
    localtime.truncate time.truncate datetime.fromepoch datetime.fromepochmillis duration.between duration.inmonths
    duration.indays duration.inseconds point.distance point.withinbbox""".split()
)
"""Names in lower case; Cypher ignores the case of its own functions."""

PROCEDURES = {
    name.lower(): name
    for name in (
        "db.labels",
        "db.relationshipTypes",
        "db.propertyKeys",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.index.vector.queryNodes",
        "db.index.vector.queryRelationships",
    )
}
"""Procedures that only read, by their names in lower case."""
