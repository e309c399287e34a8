/* aggregate_test.c: groupings and windows, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"CREATE TABLE O AS SELECT K, COUNT(*) AS N, SUM(A) + MAX(B) AS T FROM "
     "S WHERE A > 0 GROUP BY K HAVING COUNT(*) > 1;",
     "TABLE O: `K` STRING PRIMARY KEY, `N` BIGINT, `T` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING PRIMARY KEY, `N` "
     "BIGINT, `T` BIGINT\n"
     "  > Project K, COUNT(*), (SUM(A) + MAX(B)) | `K` STRING PRIMARY KEY, "
     "`N` BIGINT, `T` BIGINT\n"
     "    > Having (COUNT(*) > 1) | `K` STRING PRIMARY KEY, "
     "`KSQL_AGG_VARIABLE_0` BIGINT, `KSQL_AGG_VARIABLE_1` INTEGER, "
     "`KSQL_AGG_VARIABLE_2` BIGINT\n"
     "      > Aggregate by (K) of (COUNT(ROWTIME), SUM(A), MAX(B)) | `K` "
     "STRING PRIMARY KEY, `KSQL_AGG_VARIABLE_0` BIGINT, "
     "`KSQL_AGG_VARIABLE_1` INTEGER, `KSQL_AGG_VARIABLE_2` BIGINT\n"
     "        > Filter (A > 0) | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "          > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` "
     "BIGINT, `D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` "
     "STRUCT<`F` INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT A + 1, X->F, COUNT(*) FROM S GROUP BY A + 1, "
     "X->F;",
     "ERROR: Key format does not support schema.\n"
     "format: KAFKA\n"
     "schema: Persistence{columns=[`KSQL_COL_0` INTEGER KEY, `F` INTEGER "
     "KEY], features=[]}\n"
     "reason: The 'KAFKA' format only supports a single field. Got: "
     "[`KSQL_COL_0` INTEGER KEY, `F` INTEGER KEY]\n"
     "Statement: CREATE TABLE O AS SELECT\n"
     "  (S.A + 1) KSQL_COL_0,\n"
     "  S.X->F F,\n"
     "  COUNT(*) KSQL_COL_1\n"
     "FROM S S\n"
     "GROUP BY (S.A + 1), S.X->F\n"
     "EMIT CHANGES\n"},
    {"CREATE TABLE O AS SELECT K, WINDOWSTART AS WS, COUNT(*) FROM S WINDOW "
     "TUMBLING (SIZE 1 MINUTE) GROUP BY K;",
     "TABLE O: `K` STRING PRIMARY KEY, `WS` BIGINT, `KSQL_COL_0` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING PRIMARY KEY, `WS` "
     "BIGINT, `KSQL_COL_0` BIGINT\n"
     "  > Project K, WINDOWSTART, COUNT(*) | `K` STRING PRIMARY KEY, `WS` "
     "BIGINT, `KSQL_COL_0` BIGINT\n"
     "    > Aggregate by (K) of (COUNT(ROWTIME)) window TUMBLING(size 60000 "
     "ms, grace 86340000 ms, retention 86400000 ms) | `K` STRING PRIMARY "
     "KEY, `KSQL_AGG_VARIABLE_0` BIGINT, `WINDOWSTART` BIGINT, `WINDOWEND` "
     "BIGINT\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S WINDOW HOPPING (SIZE 1 "
     "MINUTE, ADVANCE BY 10 SECONDS, RETENTION 2 DAYS, GRACE PERIOD 5 "
     "SECONDS) GROUP BY K;",
     "TABLE O: `K` STRING PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING PRIMARY KEY, "
     "`KSQL_COL_0` BIGINT\n"
     "  > Project K, COUNT(*) | `K` STRING PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "    > Aggregate by (K) of (COUNT(ROWTIME)) window HOPPING(size 60000 "
     "ms, advance 10000 ms, grace 5000 ms, retention 172800000 ms) | `K` "
     "STRING PRIMARY KEY, `KSQL_AGG_VARIABLE_0` BIGINT, `WINDOWSTART` "
     "BIGINT, `WINDOWEND` BIGINT\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S WINDOW SESSION (30 "
     "SECONDS) GROUP BY K EMIT FINAL;",
     "TABLE O: `K` STRING PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING PRIMARY KEY, "
     "`KSQL_COL_0` BIGINT\n"
     "  > Project K, COUNT(*) | `K` STRING PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "    > Suppress | `K` STRING PRIMARY KEY, `KSQL_AGG_VARIABLE_0` "
     "BIGINT, `WINDOWSTART` BIGINT, `WINDOWEND` BIGINT\n"
     "      > Aggregate by (K) of (COUNT(ROWTIME)) window SESSION(size "
     "30000 ms, grace 0 ms, retention 30000 ms) | `K` STRING "
     "PRIMARY KEY, `KSQL_AGG_VARIABLE_0` BIGINT, `WINDOWSTART` BIGINT, "
     "`WINDOWEND` BIGINT\n"
     "        > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S WINDOW HOPPING (SIZE 1 "
     "MINUTE, ADVANCE BY 2 MINUTES) GROUP BY K;",
     "ERROR: AdvanceMs: 120000 must be in the range (0, 60000], the size of "
     "the window\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 "
     "DAY, RETENTION 1 HOUR) GROUP BY K;",
     "ERROR: The retention period of the window store must be no smaller "
     "than its window size plus the grace period. Got size=[86400000], "
     "grace=[0], retention=[3600000]\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S GROUP BY K EMIT FINAL;",
     "ERROR: EMIT FINAL is only supported for windowed aggregations.\n"},
    {"CREATE TABLE O AS SELECT K, A FROM S GROUP BY K;",
     "ERROR: GROUP BY requires aggregate functions in either the SELECT or "
     "HAVING clause.\n"},
    {"CREATE TABLE O AS SELECT K, A, COUNT(*) FROM S GROUP BY K;",
     "ERROR: Non-aggregate SELECT expression(s) not part of GROUP BY: A\n"
     "Either add the column(s) to the GROUP BY or remove them from the SELECT.\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S GROUP BY K HAVING A > 1;",
     "ERROR: Non-aggregate HAVING expression not part of GROUP BY: A\n"
     "Consider switching the HAVING clause to a WHERE clause before the "
     "GROUP BY.\n"},
    {"CREATE TABLE O AS SELECT COUNT(*) FROM S GROUP BY K;",
     "ERROR: Key missing from projection (ie, SELECT). See "
     "https://cnfl.io/2LV7ouS.\n"
     "The query used to build `O` must include the grouping expression K in "
     "its projection (eg, SELECT K...).\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) AS N, K AS K2 FROM S GROUP BY K;",
     "ERROR: The projection contains a key column more than once: `K` and "
     "`K2`.\n"
     "Each key column must only be in the projection once. If you intended "
     "to copy the key into the value, then consider using the AS_VALUE "
     "function to indicate which key reference should be copied.\n"},
    {"CREATE TABLE O AS SELECT K, SUM(COUNT(*)) FROM S GROUP BY K;",
     "ERROR: Aggregate functions can not be nested: SUM(COUNT())\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S GROUP BY K, S.K;",
     "ERROR: Duplicate GROUP BY expression: S.K\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S GROUP BY K, SUM(A);",
     "ERROR: GROUP BY does not support aggregate functions: SUM is an "
     "aggregate function.\n"},
    {"CREATE TABLE O AS SELECT COUNT(*) FROM S;",
     "ERROR: CREATE TABLE AS SELECT statement does not support aggregate "
     "function [COUNT(*)] without a GROUP BY clause.\n"},
    {"CREATE TABLE O AS SELECT K, EXPLODE(L), COUNT(*) FROM S GROUP BY K;",
     "ERROR: Non-aggregate SELECT expression(s) not part of GROUP BY: "
     "EXPLODE(L)\n"
     "Either add the column(s) to the GROUP BY or remove them from the SELECT.\n"},
    {"CREATE STREAM O AS SELECT K FROM S WINDOW TUMBLING (SIZE 1 SECOND);",
     "ERROR: WINDOW clause requires a GROUP BY clause.\n"},
    {"CREATE STREAM O AS SELECT K, COUNT(*) FROM S GROUP BY K;",
     "ERROR: Invalid result type. Your SELECT query produces a TABLE. "
     "Please use CREATE TABLE AS SELECT statement instead.\n"},
    {"CREATE TABLE O AS SELECT RID, COUNT(*) FROM U GROUP BY RID;",
     "TABLE O: `RID` INTEGER PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `RID` INTEGER PRIMARY KEY, "
     "`KSQL_COL_0` BIGINT\n"
     "  > Project RID, COUNT(*) | `RID` INTEGER PRIMARY KEY, `KSQL_COL_0` "
     "BIGINT\n"
     "    > Aggregate by (RID) of (COUNT(ROWTIME)) | `RID` INTEGER PRIMARY "
     "KEY, `KSQL_AGG_VARIABLE_0` BIGINT\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"},
    {"CREATE TABLE O AS SELECT RID, MAX(NAME) FROM U GROUP BY RID;",
     "ERROR: The aggregation function MAX cannot be applied to a table "
     "source, only to a stream source.\n"},
    {"CREATE TABLE O AS SELECT RID, COUNT(*) FROM U WINDOW TUMBLING (SIZE 1 "
     "SECOND) GROUP BY RID;",
     "ERROR: Windowing not supported for table aggregations.\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 "
     "SECOND) GROUP BY K, WINDOWSTART;",
     "ERROR: Window bounds column WINDOWSTART can only be used in the "
     "SELECT clause of windowed aggregations and can not be passed to "
     "aggregate functions.\n"
     "See https://github.com/confluentinc/ksql/issues/4397\n"},
    {"CREATE TABLE O AS SELECT K, TOPK(A, B) FROM S GROUP BY K;",
     "ERROR: Function 'TOPK' does not accept parameters (INTEGER, BIGINT).\n"
     "Valid alternatives are:\n"
     "TOPK(INT val1, INT k)\n"
     "TOPK(BIGINT val1, INT k)\n"
     "TOPK(DOUBLE val1, INT k)\n"
     "TOPK(VARCHAR val1, INT k)\n"
     "TOPK(INT val1, ANY... val2, INT k)\n"
     "TOPK(BIGINT val1, ANY... val2, INT k)\n"
     "TOPK(DOUBLE val1, ANY... val2, INT k)\n"
     "TOPK(VARCHAR val1, ANY... val2, INT k)\n"
     "For detailed information on a function run: DESCRIBE FUNCTION "
     "<Function-Name>;\n"},
    {"SELECT COUNT(*), SUM(A) FROM S EMIT CHANGES;",
     "> Project COUNT(*), SUM(A) | `KSQL_COL_0` BIGINT, `KSQL_COL_1` INTEGER\n"
     "  > Aggregate by () of (COUNT(ROWTIME), SUM(A)) | "
     "`KSQL_AGG_VARIABLE_0` BIGINT, `KSQL_AGG_VARIABLE_1` INTEGER\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"SELECT K, WINDOWEND, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 SECOND) "
     "GROUP BY K EMIT CHANGES;",
     "> Project K, WINDOWEND, COUNT(*) | `K` STRING PRIMARY KEY, `WINDOWEND` BIGINT "
     "PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "  > Aggregate by (K) of (COUNT(ROWTIME)) window TUMBLING(size 1000 "
     "ms, grace 86399000 ms, retention 86400000 ms) | `K` STRING PRIMARY "
     "KEY, `KSQL_AGG_VARIABLE_0` BIGINT, `WINDOWSTART` BIGINT, `WINDOWEND` "
     "BIGINT\n"
     "    > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT S.K, COUNT(R.C) FROM S JOIN R WITHIN 1 "
     "SECOND ON S.K = R.K GROUP BY S.K;",
     "TABLE O: `S_K` STRING PRIMARY KEY, `KSQL_COL_0` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `S_K` STRING PRIMARY KEY, "
     "`KSQL_COL_0` BIGINT\n"
     "  > Project S_K, COUNT(R_C) | `S_K` STRING PRIMARY KEY, `KSQL_COL_0` "
     "BIGINT\n"
     "    > Aggregate by (S_K) of (COUNT(R_C)) | `S_K` STRING PRIMARY KEY, "
     "`KSQL_AGG_VARIABLE_0` BIGINT\n"
     "      > Join INNER on S_K = R_K within (1000 ms, 1000 ms) grace "
     "86400000 ms eager | `S_K` STRING KEY, `S_K` STRING, `S_A` INTEGER, "
     "`S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, "
     "`R_A` INTEGER, `R_C` DOUBLE\n"
     "        > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "        > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"},
};

static void aggregate_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aggregate_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
