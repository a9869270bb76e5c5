"""The kinds of nodes of a sqlglot tree that a query may consist of, by class name; all others are refused."""

from graphkeep.sources.databases.sql.function_lists import names

STRUCTURE = names(
    """
    Alias Aliases Boolean CTE Column Cube Distinct Except Fetch Filter Final From Group GroupingSets Having
    HavingMax HexString Identifier IgnoreNulls Intersect Join Lateral Limit LimitOptions Literal Null Offset
    Order Ordered Paren Placeholder PreWhere Qualify RespectNulls Rollup Select Star Subquery Table TableAlias
    TableSample Tuple Union Values Var Where Window WindowSpec With WithinGroup
    """
)
OPERATORS = names(
    """
    Add Adjacent All And Any ArrayContainedBy ArrayContainsAll ArrayOverlaps AtTimeZone Between BitwiseAnd
    BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor Bracket Case Cast CharacterSet Collate
    DPipe DataType DataTypeParam Div Dot EQ Escape Exists ExtendsLeft ExtendsRight FromTimeZone GT GTE Glob
    ILike If In IntDiv Interval IntervalSpan Is JSONBContains JSONBContainsAllTopKeys JSONBContainsAnyTopKeys
    JSONBContainsTopKey JSONBExtract JSONBExtractScalar JSONBPathExists JSONExtract JSONExtractQuote
    JSONExtractScalar JSONKeyValue JSONPath JSONPathKey JSONPathRoot JSONPathSlice JSONPathSubscript
    JSONPathWildcard Kwarg LT LTE Lambda Like Mod Mul NEQ Neg Not NullSafeEQ NullSafeNEQ Or Overlaps PropertyEQ
    RegexpILike RegexpLike SimilarTo Slice Sub TryCast Xor
    """
)
FUNCTIONS = names(
    """
    Abs Acos Acosh AddMonths AnyValue ApproxDistinct ApproxQuantile ArgMax ArgMin Array ArrayAgg ArrayAll
    ArrayAny ArrayAppend ArrayCompact ArrayConcat ArrayContains ArrayDistinct ArrayExcept ArrayFilter ArrayFirst
    ArrayInsert ArrayIntersect ArrayLast ArrayMax ArrayMin ArrayPosition ArrayPrepend ArrayRemove ArrayReverse
    ArraySize ArraySlice ArraySort ArraySum ArrayToString ArrayUniqueAgg ArraysZip Ascii Asin Asinh Atan Atan2
    Atanh Avg Base64DecodeBinary Base64DecodeString Base64Encode BitLength BitwiseAndAgg BitwiseCount
    BitwiseOrAgg BitwiseXorAgg ByteLength Cbrt Ceil Chr CityHash64 Coalesce Concat ConcatWs Contains Convert
    ConvertTimezone ConvertToCharset Corr Cos Cosh Cot Coth Count CountIf CovarPop CovarSamp CumeDist
    CurrentDate CurrentDatetime CurrentTime CurrentTimestamp Date DateAdd DateBin DateDiff DateFromParts
    DateFromUnixDate DateStrToDate DateSub DateToDateStr DateToDi DateTrunc Datetime DatetimeAdd DatetimeDiff
    DatetimeSub DatetimeTrunc Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname Decode DecodeCase Degrees
    DenseRank DiToDate Elt Encode EndsWith EqualNull Exp Explode ExplodingGenerateSeries Extract Factorial First
    FirstValue Flatten Floor Format FromBase64 FromJson GenerateDateArray GenerateSeries GenerateTimestampArray
    Getbit Greatest GroupConcat Grouping GroupingId Hex Host Hour Initcap Inline IsAscii IsInf IsNan JSONArray
    JSONArrayAgg JSONArrayContains JSONBObjectAgg JSONBool JSONCast JSONExists JSONFormat JSONKeys JSONObject
    JSONObjectAgg JSONRemove JSONSet JSONStripNulls JSONType JSONValue JSONValueArray JarowinklerSimilarity
    JustifyDays JustifyHours JustifyInterval Kurtosis Lag Last LastDay LastValue Lead Least Left Length
    Levenshtein List Ln Localtime Localtimestamp Log LogicalAnd LogicalOr Lower LowerHex MD5 MD5Digest
    MakeInterval Map MapContainsKey MapFromEntries MapKeys MapSize MatchAgainst Max Median Min Minute Mode Month
    Monthname MonthsBetween Negative Normalize NthValue Ntile Nullif NumberToStr Nvl2 Overlay Pad ParseDatetime
    ParseJSON ParseTime ParseUrl PercentRank PercentileCont PercentileDisc Pi Posexplode PosexplodeOuter Pow
    Quantile Quarter Radians Rand Rank Reduce RegexpCount RegexpExtract RegexpExtractAll RegexpFullMatch
    RegexpInstr RegexpReplace RegexpSplit RegexpSubstr RegrAvgx RegrAvgy RegrCount RegrIntercept RegrR2
    RegrSlope RegrSxx RegrSxy RegrSyy Repeat Replace Reverse Right Rint Round RowNumber SHA SHA1Digest SHA2
    SHA2Digest SafeAdd SafeDivide SafeMultiply SafeSubtract Second Sign Sin Sinh Skewness Soundex Space Split
    SplitPart Sqrt StDistance StPoint Stack StartsWith Stddev StddevPop StddevSamp StrPosition StrToDate
    StrToMap StrToTime StrToUnix String StringToArray Struct StructExtract Stuff Substring SubstringIndex Sum
    Tan Tanh Time TimeAdd TimeDiff TimeFromParts TimeStrToDate TimeStrToTime TimeStrToUnix TimeSub TimeToStr
    TimeToTimeStr TimeToUnix TimeTrunc Timestamp TimestampAdd TimestampDiff TimestampFromParts TimestampSub
    TimestampTrunc ToArray ToBase64 ToBoolean ToChar ToCodePoints ToDays ToDouble ToMap ToNumber Transform
    Translate Trim Trunc Try TryBase64DecodeString TsOrDiToDi TsOrDsAdd TsOrDsDiff TsOrDsToDate TsOrDsToDateStr
    TsOrDsToDatetime TsOrDsToTime TsOrDsToTimestamp Typeof Unhex Unicode UnixDate UnixMicros UnixMillis
    UnixSeconds UnixToStr UnixToTime UnixToTimeStr Unnest Upper UtcDate UtcTime UtcTimestamp Uuid VarMap
    Variance VariancePop Week WeekOfYear WidthBucket Year YearOfWeek YearOfWeekIso _ExplodeOuter
    """
)
ALLOWED = STRUCTURE | OPERATORS | FUNCTIONS | {"Anonymous"}

# Functions that give a table: the only known ones that may stand in FROM and JOIN.
TABLE_FUNCTIONS = names(
    """
    Explode ExplodingGenerateSeries Flatten GenerateSeries Inline Posexplode PosexplodeOuter Stack Unnest
    _ExplodeOuter
    """
)

# The argument that is a length: a number of at most MAX_LENGTH, so one value never fills the memory.
REPEATING = {"Repeat": "times", "Pad": "expression", "Space": "this"}
MAX_LENGTH = 10_000
FORMATTING = frozenset({"format", "printf", "format_string"})

# Which arguments a node may have: others change what a query does (INTO, FOR UPDATE, SETTINGS, hints).
SET_OPERATION = names("with_ this expression distinct by_name order limit offset")
ARGUMENTS: dict[str, frozenset[str]] = {
    "Select": names(
        "with_ expressions distinct from_ laterals joins prewhere where group having qualify windows order limit offset"
    ),
    "Table": names("this alias db catalog laterals joins ordinality only sample final"),
    "Subquery": names("this alias with_ joins laterals order limit offset sample"),
    "Union": SET_OPERATION,
    "Except": SET_OPERATION,
    "Intersect": SET_OPERATION,
    "Placeholder": names("this"),
    "In": names("this expressions query unnest field is_global"),
    "With": names("expressions recursive"),
    "CTE": names("this alias scalar materialized"),
    "Join": names("this on side kind using method global_ expressions match_condition"),
    "Identifier": names("this quoted"),
    "Anonymous": names("this expressions"),
}
