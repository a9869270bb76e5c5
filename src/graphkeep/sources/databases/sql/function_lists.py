"""Functions by dialect that sqlglot does not know as a class of its own, and that read nothing but their arguments."""


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


POSTGRESQL = names(
    """
    abbrev age array_agg array_append array_cat array_dims array_length array_lower array_ndims array_position
    array_positions array_prepend array_remove array_replace array_upper bit_and bit_count bit_or bool_and bool_or
    box broadcast btrim cardinality cbrt circle clock_timestamp concat convert_from convert_to date_part decode
    degrees div encode erf every factorial family format gcd host hostmask inet_merge inet_same_family isempty
    isfinite json_agg json_array_length json_build_array json_build_object json_extract_path json_extract_path_text
    json_object json_object_agg json_strip_nulls json_typeof jsonb_agg jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_extract_path jsonb_extract_path_text jsonb_object jsonb_object_agg jsonb_path_exists
    jsonb_path_match jsonb_path_query_array jsonb_path_query_first jsonb_pretty jsonb_set jsonb_strip_nulls
    jsonb_typeof lcm line log10 lower_inc lower_inf lseg macaddr8_set7bit make_date make_interval make_time
    make_timestamp make_timestamptz masklen metaphone mod netmask network network_sub network_subeq network_sup network_supeq num_nonnulls num_nulls numnode octet_length
    parse_ident path phraseto_tsquery plainto_tsquery point polygon quote_ident quote_literal quote_nullable radius
    range_agg range_merge regexp_count regexp_instr regexp_like regexp_match regexp_replace regexp_substr
    row_to_json scale set_masklen sha224 sha256 sha384 sha512 similarity statement_timestamp string_agg
    string_to_array strip substr text timeofday to_ascii to_char to_date to_hex to_json to_jsonb to_number
    to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale ts_headline ts_rank
    ts_rank_cd tsvector_to_array upper_inc upper_inf websearch_to_tsquery word_similarity
    st_area st_asgeojson st_astext st_buffer st_centroid st_contains st_covers st_distancesphere st_dwithin
    st_envelope st_geomfromtext st_geometrytype st_intersects st_length st_makeenvelope st_makepoint st_setsrid
    st_srid st_transform st_within st_x st_y
    """
)
POSTGRESQL_TABLES = names(
    """
    json_array_elements json_array_elements_text json_each json_each_text json_object_keys jsonb_array_elements
    jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query regexp_matches
    regexp_split_to_table string_to_table generate_subscripts
    """
)
MYSQL = names(
    """
    adddate addtime bin bit_and bit_count bit_or bit_xor char_length character_length conv crc32 dayname
    date_format export_set field find_in_set format format_bytes from_days from_unixtime inet6_aton inet6_ntoa inet_aton inet_ntoa
    insert interval is_ipv4 is_ipv6 is_ipv4_compat is_ipv4_mapped isnull json_array json_arrayagg json_compact
    json_contains json_contains_path json_depth json_detailed json_exists json_keys json_length json_merge_patch
    json_object json_objectagg json_overlaps json_quote json_query json_search json_type json_unquote json_valid
    json_value lcase locate log10 log2 makedate maketime mid microsecond mod natural_sort_key nvl nvl2 oct
    octet_length ord period_add period_diff position quote regexp_instr regexp_substr regexp_like sec_to_time
    sha sha1 sha2 std strcmp subdate subtime sysdate time_format time_to_sec timediff to_base64 to_days to_seconds
    ucase uncompressed_length unix_timestamp uuid_short weekday yearweek
    st_asgeojson st_astext st_contains st_distance_sphere st_geomfromtext st_intersects st_srid st_within st_x st_y
    """
)
DUCKDB = names(
    """
    age any_value apply approx_count_distinct arg_max arg_min array_aggregate array_contains array_cosine_similarity
    array_distance array_extract array_inner_product array_length array_resize array_slice array_sort array_value
    bar base64 bin bit_and bit_count bit_length bit_or bit_xor bool_and bool_or century date_part date_trunc dayname
    decade editdist3 entropy epoch epoch_ms epoch_ns epoch_us era even favg first formatReadableSize format_bytes
    formatreadablesize fsum gamma gcd generate_series geomean greatest_common_divisor grade_up hamming hash
    histogram host ilike_escape instr isfinite isodow isoyear jaccard jaro_similarity jaro_winkler_similarity julian
    json_array json_array_length json_contains json_extract json_extract_path json_extract_path_text
    json_extract_string json_group_array json_group_object json_keys json_object json_structure json_type json_valid
    json_value kahan_sum kurtosis_pop last lcm len lgamma like_escape list_aggr list_aggregate list_any_value
    list_append list_apply list_avg list_concat list_contains list_count list_distinct list_extract list_filter
    list_first list_grade_up list_has list_has_all list_has_any list_histogram list_intersect list_last list_max
    list_mean list_median list_min list_mode list_position list_prepend list_product list_reduce list_resize
    list_reverse list_reverse_sort list_select list_slice list_sort list_sum list_transform list_unique list_value
    list_where list_zip log10 log2 mad make_date make_time make_timestamp map_concat map_entries map_extract
    map_values max_by millennium millisecond min_by microsecond monthname multiply nanosecond nextafter nfc_normalize
    not_ilike_escape not_like_escape octet_length ord parse_dirname parse_dirpath parse_filename parse_path prefix
    printf product quantile_cont quantile_disc range regexp_escape regexp_extract regexp_extract_all
    regexp_full_match regexp_matches regexp_replace regexp_split_to_array reservoir_quantile row_to_json sem sha1
    sha256 signbit stats str_split str_split_regex strftime string_agg string_split string_split_regex
    strip_accents strptime struct_insert struct_pack suffix sumkahan time_bucket timezone timezone_hour
    timezone_minute to_base to_centuries to_days to_decades to_hours to_json to_microseconds to_millennia
    to_milliseconds to_minutes to_months to_seconds to_timestamp to_weeks to_years trim_array try_strptime typeof
    unbin unpivot_list url_decode url_encode weekday xor yearweek
    """
)
DUCKDB_TABLES = names("range generate_series json_each json_tree regexp_split_to_table")
SQLITE = names(
    """
    acosh asinh atanh bm25 char changes_of date datetime format group_concat hex highlight iif ifnull instr json
    json_array json_array_length json_error_position json_extract json_group_array json_group_object json_insert
    json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid julianday
    likelihood likely log10 log2 mod octet_length printf quote rtreedepth sign snippet strftime substr time timediff
    total trunc typeof unhex unicode unixepoch unlikely
    """
) - {"changes_of", "rtreedepth"}
SQLITE_TABLES = names("json_each json_tree")
CLICKHOUSE = names(
    """
    adddays addhours addminutes addmonths addseconds addweeks addyears alphatokens arrayall arrayavg arraycompact
    arrayconcat arraycount arraycumsum arraydifference arraydistinct arrayelement arrayenumerate arrayenumerateuniq
    arrayexists arrayfill arrayfilter arrayfirst arrayfirstindex arrayflatten arrayintersect arrayjoin arraylast
    arraymap arraymax arraymin arraypopback arraypopfront arrayproduct arraypushback arraypushfront arrayreduce
    arrayresize arrayreverse arrayreversesort arrayrotateleft arrayshuffle arrayslice arraysort arraystringconcat
    arraysum arrayuniq arrayzip assumenotnull base58encode bin bitand bitcount bitnot bitor bitshiftleft
    bitshiftright bittest bitxor cutfragment cutquerystring cuttofirstsignificantsubdomain cuturlparameter
    cutwww dateadd datediff datename datesub decodeurlcomponent domain domainwithoutwww dividedecimal e empty
    encodeurlcomponent endswith extract extractall extractallgroups extractgroups extracturlparameter
    extracturlparameternames extracturlparameters farmhash64 firstsignificantsubdomain formatdatetime
    formatreadablequantity formatreadablesize formatreadabletimedelta fragment fromunixtimestamp
    fromunixtimestamp64milli fuzzybits geodistance geohashencode greatcircledistance greatest halfmd5 has hasall
    hasany hassubstr hastoken hastokencaseinsensitive hex identity ifnull ilike indexof intdiv intdivorzero
    intexp10 intexp2 ipv4cidrtorange ipv4numtostring ipv4stringtonum ipv4toipv6 ipv6cidrtorange ipv6numtostring
    ipv6stringtonum isfinite isinfinite isipaddressinrange isipv4string isipv6string isnotnull isnull isnan isvalidjson
    isvalidutf8 javahash json_exists json_query json_value jsonextract jsonextractarrayraw jsonextractbool
    jsonextractfloat jsonextractint jsonextractkeys jsonextractkeysandvalues jsonextractraw jsonextractstring
    jsonextractuint jsonhas jsonlength jsontype least length lengthutf8 lowerutf8 mapadd mapapply mapcontains mapfilter
    match metrohash64 minus modulo monthname multifuzzymatchany multimatchany multiply multisearchany
    multisearchfirstindex multisearchfirstposition murmurhash3_64 negate netloc ngramdistance ngrams ngramsearch
    notempty notequals notlike nullif ornull parsedatetime parsedatetime32besteffort parsedatetimebesteffort
    parsedatetimebesteffortornull parsedatetimebesteffortorzero parsedatetimeornull path pathfull plus port position
    positioncaseinsensitive positioncaseinsensitiveutf8 positionutf8 protocol querystring regexpquotemeta reinterpretasint64
    reinterpretasstring reinterpretasuint64 replaceall replaceone replaceregexpall replaceregexpone reverseutf8
    rounddown roundtoexp2 siphash64 splitbychar splitbynonalpha splitbyregexp splitbystring splitbywhitespace
    startswith subdays subhours subminutes substringindex substringutf8 substring subtractdays subtracthours
    subtractminutes subtractmonths subtractseconds subtractweeks subtractyears timeslot timeslots todate todate32
    todatetime todatetime64 todatetimeornull todayofmonth todayofweek todayofyear todecimal128 todecimal32
    todecimal64 tofixedstring tofloat32 tofloat64 tofloat64ornull tofloat64orzero tohour toint128 toint16 toint256
    toint32 toint32ornull toint32orzero toint64 toint64ornull toint64orzero toint8 tointervalday tointervalhour
    tointervalminute tointervalmonth tointervalsecond tointervalweek tointervalyear toipv4 toipv4ordefault
    toipv4ornull toipv6 toipv6ordefault toipv6ornull toisoweek toisoyear tojsonstring tolowcardinality
    tominute tomonday tomonth tonullable toquarter torelativedaynum torelativehournum tosecond tostartofday
    tostartoffifteenminutes tostartoffiveminutes tostartofhour tostartofinterval tostartofminute tostartofmonth
    tostartofquarter tostartofsecond tostartoftenminutes tostartofweek tostartofyear tostring tostringcutTozero
    totime totimezone totypename touint128 touint16 touint256 touint32 touint32ornull touint64 touint64ornull
    touint8 tounixtimestamp tounixtimestamp64milli touuid touuidornull toweek toyear toyyyymm toyyyymmdd
    toyyyymmddhhmmss topleveldomain transform trimboth trimleft trimright trycast tuple tupleelement tuplehammingdistance
    upperutf8 xxhash32 xxhash64 yesterday today now now64 formatrow bar
    """
) - {"formatrow"}
CLICKHOUSE_TABLES = names("numbers numbers_mt zeros generateseries generate_series values")
DATABRICKS = names(
    """
    any array_contains array_distinct array_except array_insert array_join array_repeat array_sort array_union
    arrays_overlap arrays_zip bigint bit_and bit_get bit_or bit_xor bool_and bool_or bround btrim cardinality
    char_length charindex collect_list collect_set concat conv count_if crc32 date_format date_from_unix_date
    date_part dateadd dayofmonth decimal double e element_at elt endswith every exists explode_outer find_in_set
    flatten forall format_number format_string from_unixtime from_utc_timestamp get_json_object getbit hash
    histogram_numeric hypot ilike in_file isnan isnotnull isnull json_array_length json_object_keys json_tuple
    len locate log10 log1p log2 luhn_check make_date make_dt_interval make_interval make_timestamp make_ym_interval
    map_concat map_contains_key map_entries map_filter map_from_arrays map_from_entries map_keys map_values
    map_zip_with mask max_by min_by mod named_struct nullifzero nvl nvl2 octet_length percentile percentile_approx
    pmod positive printf quote regexp regr_r2 rint schema_of_json sentences sequence shiftleft shiftright
    shiftrightunsigned size slice some sort_array str_to_map substr timestamp_micros timestamp_millis
    timestamp_seconds to_json to_number to_unix_timestamp to_utc_timestamp transform_keys transform_values try_add
    try_avg try_divide try_multiply try_subtract try_sum try_to_number typeof unix_date unix_micros unix_millis
    unix_seconds unix_timestamp url_decode url_encode weekday weekofyear width_bucket xxhash64 zeroifnull zip_with
    aggregate reduce filter inline_outer posexplode_outer
    """
) - {"in_file"}
DATABRICKS_TABLES = names("explode_outer inline_outer posexplode_outer range")
