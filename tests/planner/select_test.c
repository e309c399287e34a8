/* select_test.c: projections, filters and sinks, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"CREATE STREAM O AS SELECT * FROM S;",
     "STREAM O: `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` DECIMAL(4, 2), "
     "`T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` INTEGER, `G` STRING>\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `A` INTEGER, "
     "`B` BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "  > Project K, A, B, D, T, L, X | `K` STRING KEY, `A` INTEGER, `B` "
     "BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, A + B AS SUM, X->F, X->*, ROWTIME AS RT "
     "FROM S WHERE A > 1 AND NOT (B = 2);",
     "STREAM O: `K` STRING KEY, `SUM` BIGINT, `F` INTEGER, `F_1` INTEGER, "
     "`G` STRING, `RT` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `SUM` BIGINT, "
     "`F` INTEGER, `F_1` INTEGER, `G` STRING, `RT` BIGINT\n"
     "  > Project K, (A + B), X->F, X->F, X->G, ROWTIME | `K` STRING KEY, "
     "`SUM` BIGINT, `F` INTEGER, `F_1` INTEGER, `G` STRING, `RT` BIGINT\n"
     "    > Filter ((A > 1) AND (NOT (B = 2))) | `K` STRING KEY, `A` "
     "INTEGER, `B` BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` "
     "ARRAY<INTEGER>, `X` STRUCT<`F` INTEGER, `G` STRING>, `ROWTIME` BIGINT\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `ROWTIME` BIGINT\n"},
    {"CREATE STREAM O WITH (kafka_topic='newo', format='JSON', "
     "partitions=3) AS SELECT A AS Z, K AS Y FROM S;",
     "STREAM O: `Y` STRING KEY, `Z` INTEGER\n"
     "> Sink topic newo key JSON value JSON | `Y` STRING KEY, `Z` INTEGER\n"
     "  > Project K, A | `Y` STRING KEY, `Z` INTEGER\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT A FROM S;",
     "ERROR: Key missing from projection (ie, SELECT). See "
     "https://cnfl.io/2LV7ouS.\n"
     "The query used to build `O` must include the key column K in its "
     "projection (eg, SELECT K...).\n"},
    {"CREATE STREAM O AS SELECT K FROM S;", "ERROR: The projection contains no value columns.\n"},
    {"CREATE STREAM O AS SELECT K, K AS K2, A FROM S;",
     "ERROR: The projection contains a key column (`K`) more than once, "
     "aliased as: K and K2.\n"
     "Each key column must only be in the projection once. If you intended "
     "to copy the key into the value, then consider using the AS_VALUE "
     "function to indicate which key reference should be copied.\n"},
    {"CREATE STREAM O AS SELECT K, ROWTIME FROM S;",
     "ERROR: Reserved column name in select: `ROWTIME`. Please remove or "
     "alias the column.\n"},
    {"CREATE STREAM O AS SELECT K, A AS WINDOWEND FROM S;",
     "ERROR: `WINDOWEND` is a reserved column name. You cannot use it as an "
     "alias for a column.\n"},
    {"CREATE STREAM O AS SELECT K, A, B AS A FROM S;",
     "ERROR: Duplicate value columns found in schema: `A` BIGINT\n"},
    {"CREATE STREAM O AS SELECT K, NULL FROM S;",
     "ERROR: Can't infer a type of null. Please explicitly cast it to a "
     "required type, e.g. CAST(null AS VARCHAR).\n"},
    {"CREATE STREAM O AS SELECT K, Q FROM S;",
     "ERROR: Line: 1, Col: 30: SELECT column 'Q' cannot be resolved.\n"},
    {"CREATE STREAM O AS SELECT K, Q.A FROM S;",
     "ERROR: Failed to prepare statement: 'Q' is not a valid stream/table "
     "name or alias.\n"},
    {"CREATE STREAM O AS SELECT K, NOPE(A) FROM S;",
     "ERROR: Can't find any functions with the name 'NOPE'\n"},
    {"CREATE STREAM O AS SELECT * FROM NOPE;",
     "ERROR: Exception while preparing statement: NOPE does not exist.\n"},
    {"CREATE STREAM O AS SELECT * FROM \"s\";",
     "ERROR: Exception while preparing statement: s does not exist.\n"
     "Did you mean S? Hint: try removing double quotes from the source name.\n"},
    {"CREATE STREAM O AS SELECT * FROM S WHERE A;",
     "ERROR: Type error in WHERE expression: Should evaluate to boolean but "
     "is A (INTEGER) instead.\n"},
    {"CREATE STREAM O AS SELECT * FROM S WHERE K > 1;",
     "ERROR: Error in WHERE expression: Cannot compare K (STRING) to 1 "
     "(INTEGER) with GREATER_THAN.\n"},
    {"CREATE STREAM O AS SELECT K, CAST(L AS INT) FROM S;",
     "ERROR: Invalid Select: Cast of ARRAY<INTEGER> to INTEGER is not "
     "supported\n"},
    {"CREATE STREAM O AS SELECT * FROM S WHERE ROWTIME > '2020-01-01' AND "
     "ROWTIME BETWEEN '2020-01-01T00:00:01' AND 5;",
     "STREAM O: `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` DECIMAL(4, 2), "
     "`T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` INTEGER, `G` STRING>\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `A` INTEGER, "
     "`B` BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "  > Project K, A, B, D, T, L, X | `K` STRING KEY, `A` INTEGER, `B` "
     "BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "    > Filter ((ROWTIME > 1577836800000) AND (ROWTIME BETWEEN "
     "1577836801000 AND 5)) | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `ROWTIME` BIGINT\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `ROWTIME` BIGINT\n"},
    {"CREATE STREAM O AS SELECT * FROM S WHERE ROWTIME > 'yesterday';",
     "ERROR: Failed to parse timestamp 'yesterday': Text "
     "'yesterday-01-01T00:00:00.000' could not be parsed at index 0\n"
     "Required format is: \"yyyy-MM-dd'T'HH:mm:ss.SSS\", with an optional "
     "numeric timezone. Partials are also supported, e.g. \"2020-05-26\"\n"},
    {"CREATE TABLE O AS SELECT * FROM S;",
     "ERROR: Invalid result type. Your SELECT query produces a STREAM. "
     "Please use CREATE STREAM AS SELECT statement instead.\n"},
    {"CREATE STREAM O AS SELECT * FROM S LIMIT 1;",
     "ERROR: CREATE STREAM AS SELECT statements don't support LIMIT clause.\n"},
    {"CREATE TABLE O AS SELECT * FROM MW;",
     "ERROR: KSQL does not support persistent queries on windowed tables.\n"},
    {"CREATE TABLE O AS SELECT * FROM U WHERE RID > 3;",
     "TABLE O: `ID` STRING PRIMARY KEY, `NAME` STRING, `RID` INTEGER\n"
     "> Sink topic O key KAFKA value JSON | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"
     "  > Project ID, NAME, RID | `ID` STRING PRIMARY KEY, `NAME` STRING, "
     "`RID` INTEGER\n"
     "    > Filter (RID > 3) | `ID` STRING PRIMARY KEY, `NAME` STRING, "
     "`RID` INTEGER\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"},
    {"CREATE STREAM O AS SELECT * FROM W;",
     "STREAM O: `K` STRING KEY, `A` INTEGER\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `A` INTEGER\n"
     "  > Project K, A | `K` STRING KEY, `A` INTEGER\n"
     "    > Source W topic w | `K` STRING KEY, `A` INTEGER\n"},
    {"CREATE STREAM O AS SELECT K, CASE A WHEN 1 THEN 'x' ELSE 'y' END AS "
     "C, A BETWEEN 1 AND B AS D, K || '!' AS E, TRANSFORM(L, V => V + A) AS "
     "F FROM S;",
     "STREAM O: `K` STRING KEY, `C` STRING, `D` BOOLEAN, `E` STRING, `F` "
     "ARRAY<INTEGER>\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `C` STRING, `D` "
     "BOOLEAN, `E` STRING, `F` ARRAY<INTEGER>\n"
     "  > Project K, (CASE A WHEN 1 THEN 'x' ELSE 'y' END), (A BETWEEN 1 "
     "AND B), (K || '!'), TRANSFORM(L, (V) => (V + A)) | `K` STRING KEY, "
     "`C` STRING, `D` BOOLEAN, `E` STRING, `F` ARRAY<INTEGER>\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, TRANSFORM(L, A => A) FROM S;",
     "ERROR: Lambda function argument can't be a column name: A\n"},
    {"CREATE STREAM O AS SELECT K, TRANSFORM(L, (V, V) => V) FROM S;",
     "ERROR: Lambda arguments have duplicates: [V, V]\n"},
    {"CREATE STREAM O AS SELECT K, EXPLODE(L) AS I, EXPLODE(L) + 1 AS J "
     "FROM S;",
     "STREAM O: `K` STRING KEY, `I` INTEGER, `J` INTEGER\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `I` INTEGER, "
     "`J` INTEGER\n"
     "  > Project K, EXPLODE(L), (EXPLODE(L) + 1) | `K` STRING KEY, `I` "
     "INTEGER, `J` INTEGER\n"
     "    > FlatMap EXPLODE(L) | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `KSQL_SYNTH_0` INTEGER\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, EXPLODE(ARRAY[EXPLODE(L)]) FROM S;",
     "ERROR: Table functions cannot be nested: EXPLODE(EXPLODE())\n"},
    {"CREATE STREAM O AS SELECT K, CASE WHEN A > 1 THEN EXPLODE(L) ELSE 2 END FROM S;",
     "ERROR: Table functions cannot be used in CASE: EXPLODE(L)\n"},
    {"CREATE TABLE O AS SELECT ID, EXPLODE(ARRAY[RID]) FROM U;",
     "ERROR: Table source is not supported with table functions\n"},
    {"CREATE STREAM O AS SELECT * FROM S PARTITION BY A;",
     "STREAM O: `A` INTEGER KEY, `B` BIGINT, `D` DECIMAL(4, 2), `T` "
     "TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` INTEGER, `G` STRING>, "
     "`K` STRING\n"
     "> Sink topic O key KAFKA value JSON | `A` INTEGER KEY, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `K` STRING\n"
     "  > Project A, B, D, T, L, X, K | `A` INTEGER KEY, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `K` STRING\n"
     "    > PartitionBy A | `A` INTEGER KEY, `K` STRING, `A` INTEGER, `B` "
     "BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT A + 1 AS Z, K FROM S PARTITION BY A + 1;",
     "STREAM O: `Z` INTEGER KEY, `K` STRING\n"
     "> Sink topic O key KAFKA value JSON | `Z` INTEGER KEY, `K` STRING\n"
     "  > Project (A + 1), K | `Z` INTEGER KEY, `K` STRING\n"
     "    > PartitionBy (A + 1) | `Z` INTEGER KEY, `K` STRING, `A` INTEGER, "
     "`B` BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S PARTITION BY NULL;",
     "STREAM O: `K` STRING, `A` INTEGER\n"
     "> Sink topic O key NONE value JSON | `K` STRING, `A` INTEGER\n"
     "  > Project K, A | `K` STRING, `A` INTEGER\n"
     "    > PartitionBy  | `K` STRING, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S PARTITION BY NULL, A;",
     "ERROR: Cannot PARTITION BY multiple columns including NULL\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S PARTITION BY B;",
     "ERROR: Key missing from projection (ie, SELECT). See "
     "https://cnfl.io/2LV7ouS.\n"
     "The query used to build `O` must include the partitioning expression "
     "S.B in its projection (eg, SELECT S.B...).\n"},
    {"CREATE TABLE O AS SELECT * FROM U PARTITION BY RID;",
     "ERROR: Cannot repartition a TABLE source. If this is a join, make "
     "sure that the criteria uses the TABLE's key column instead of another "
     "column\n"},
    {"CREATE STREAM O AS SELECT * FROM W PARTITION BY A;",
     "ERROR: Implicit repartitioning of windowed sources is not supported. "
     "See https://github.com/confluentinc/ksql/issues/4385.\n"},
    {"INSERT INTO R SELECT K, A, CAST(B AS DOUBLE) AS C FROM S;",
     "> Sink topic r key KAFKA value JSON | `K` STRING KEY, `A` INTEGER, "
     "`C` DOUBLE\n"
     "  > Project K, A, CAST(B AS DOUBLE) | `K` STRING KEY, `A` INTEGER, "
     "`C` DOUBLE\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"INSERT INTO R SELECT K, A, B AS C FROM S;",
     "ERROR: Incompatible schema between results and sink.\n"
     "Result schema is `K` STRING KEY, `A` INTEGER, `C` BIGINT\n"
     "Sink schema is `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"},
    {"INSERT INTO U SELECT K AS ID FROM S;",
     "ERROR: INSERT INTO can only be used to insert into a stream. U is a "
     "table.\n"},
    {"INSERT INTO NOPE SELECT * FROM S;",
     "ERROR: Line: 1, Col: 13: Source `NOPE` does not exist.\n"},
    {"SELECT A, K, A * 2 FROM S EMIT CHANGES LIMIT 3;",
     "> Project A, K, (A * 2) | `A` INTEGER, `K` STRING KEY, `KSQL_COL_0` INTEGER\n"
     "  > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"SELECT * FROM MW EMIT CHANGES;",
     "> Project K, WINDOWSTART, WINDOWEND, N | `K` STRING PRIMARY KEY, `WINDOWSTART` "
     "BIGINT PRIMARY KEY, `WINDOWEND` BIGINT PRIMARY KEY, `N` BIGINT\n"
     "  > Source MW topic MW stored | `K` STRING PRIMARY KEY, `N` BIGINT, "
     "`WINDOWSTART` BIGINT, `WINDOWEND` BIGINT\n"},
    {"SELECT *, ROWOFFSET FROM S EMIT CHANGES;",
     "> Project K, A, B, D, T, L, X, ROWOFFSET | `K` STRING KEY, `A` INTEGER, "
     "`B` BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>, `ROWOFFSET` BIGINT\n"
     "  > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `ROWOFFSET` BIGINT\n"},
    {"SELECT A FROM S EMIT CHANGES LIMIT -1;",
     "ERROR: Push queries don't support negative integers in the LIMIT clause.\n"},
};

static void select_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
