/* join_test.c: joins, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"CREATE STREAM O AS SELECT * FROM S JOIN R WITHIN 5 SECONDS ON S.K = R.K;",
     "STREAM O: `S_K` STRING KEY, `S_A` INTEGER, `S_B` BIGINT, `S_D` "
     "DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` "
     "STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, `R_A` INTEGER, `R_C` "
     "DOUBLE\n"
     "> Sink topic O key KAFKA value JSON | `S_K` STRING KEY, `S_A` "
     "INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, "
     "`R_A` INTEGER, `R_C` DOUBLE\n"
     "  > Project S_K, S_A, S_B, S_D, S_T, S_L, S_X, R_K, R_A, R_C | `S_K` "
     "STRING KEY, `S_A` INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` "
     "TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` "
     "STRING>, `R_K` STRING, `R_A` INTEGER, `R_C` DOUBLE\n"
     "    > Join INNER on S_K = R_K within (5000 ms, 5000 ms) grace "
     "86400000 ms eager | `S_K` STRING KEY, `S_K` STRING, `S_A` INTEGER, "
     "`S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, "
     "`R_A` INTEGER, `R_C` DOUBLE\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"},
    {"CREATE STREAM O AS SELECT S.K, S.A, C FROM S LEFT JOIN R WITHIN (1 "
     "SECOND, 2 SECONDS) GRACE PERIOD 3 SECONDS ON S.K = R.K;",
     "STREAM O: `S_K` STRING KEY, `S_A` INTEGER, `C` DOUBLE\n"
     "> Sink topic O key KAFKA value JSON | `S_K` STRING KEY, `S_A` "
     "INTEGER, `C` DOUBLE\n"
     "  > Project S_K, S_A, R_C | `S_K` STRING KEY, `S_A` INTEGER, `C` DOUBLE\n"
     "    > Join LEFT on S_K = R_K within (1000 ms, 2000 ms) grace 3000 ms "
     "| `S_K` STRING KEY, `S_K` STRING, `S_A` INTEGER, `S_B` BIGINT, `S_D` "
     "DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` "
     "STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, `R_A` INTEGER, `R_C` "
     "DOUBLE\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"},
    {"CREATE STREAM O AS SELECT * FROM S FULL JOIN R WITHIN 5 SECONDS ON "
     "S.A = R.A;",
     "STREAM O: `ROWKEY` INTEGER KEY, `S_K` STRING, `S_A` INTEGER, `S_B` "
     "BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` ARRAY<INTEGER>, "
     "`S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, `R_A` INTEGER, "
     "`R_C` DOUBLE\n"
     "> Sink topic O key KAFKA value JSON | `ROWKEY` INTEGER KEY, `S_K` "
     "STRING, `S_A` INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` "
     "TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` "
     "STRING>, `R_K` STRING, `R_A` INTEGER, `R_C` DOUBLE\n"
     "  > Project ROWKEY, S_K, S_A, S_B, S_D, S_T, S_L, S_X, R_K, R_A, R_C "
     "| `ROWKEY` INTEGER KEY, `S_K` STRING, `S_A` INTEGER, `S_B` BIGINT, "
     "`S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` "
     "STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, `R_A` INTEGER, `R_C` "
     "DOUBLE\n"
     "    > Join OUTER on S_A = R_A within (5000 ms, 5000 ms) grace "
     "86400000 ms eager | `ROWKEY` INTEGER KEY, `S_K` STRING, `S_A` "
     "INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, "
     "`R_A` INTEGER, `R_C` DOUBLE\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"},
    {"CREATE STREAM O AS SELECT S.A, C FROM S JOIN R WITHIN 5 SECONDS ON "
     "S.A + 1 = R.A + 1;",
     "ERROR: Key missing from projection (ie, SELECT). See "
     "https://cnfl.io/2LV7ouS.\n"
     "The query used to build `O` must include the join expression ROWKEY "
     "in its projection (eg, SELECT ROWKEY...).\n"
     "ROWKEY was added as a synthetic key column because the join criteria "
     "did not match any source column. This expression must be included in "
     "the projection and may be aliased. \n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S LEFT JOIN U ON S.K = U.ID;",
     "STREAM O: `K` STRING KEY, `NAME` STRING\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `NAME` STRING\n"
     "  > Project S_K, U_NAME | `K` STRING KEY, `NAME` STRING\n"
     "    > Join LEFT on S_K = U_ID | `S_K` STRING KEY, `S_K` STRING, `S_A` "
     "INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `U_ID` STRING, "
     "`U_NAME` STRING, `U_RID` INTEGER\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S JOIN U ON S.K = U.NAME;",
     "ERROR: Invalid join condition: stream-table joins require to join on "
     "the table's primary key. Got S.K = U.NAME.\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S RIGHT JOIN U ON S.K = U.ID;",
     "ERROR: Invalid join type encountered: RIGHT [OUTER] JOIN\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S FULL JOIN U ON S.K = U.ID;",
     "ERROR: Invalid join type: full-outer join not supported for "
     "stream-table join. Got S [FULL] OUTER JOIN U.\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S JOIN U WITHIN 1 SECOND ON "
     "S.K = U.ID;",
     "ERROR: A window definition was provided for a Stream-Table join. "
     "These joins are not windowed. Please drop the window definition (ie. "
     "the WITHIN clause) and try to execute your join again.\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM U JOIN S ON S.K = U.ID;",
     "ERROR: Invalid join order: table-stream joins are not supported; only "
     "stream-table joins. Got U [INNER] JOIN S.\n"},
    {"CREATE STREAM O AS SELECT S.K, C FROM S JOIN R ON S.K = R.K;",
     "ERROR: Stream-Stream joins must have a WITHIN clause specified. None "
     "was provided. To learn about how to specify a WITHIN clause with a "
     "stream-stream join, please visit: "
     "https://docs.confluent.io/current/ksql/docs/syntax-reference.html#creat"
     "e-stream-as-select\n"},
    {"CREATE TABLE O AS SELECT U.ID, NAME, CITY FROM U JOIN V ON U.RID = V.ID;",
     "TABLE O: `U_ID` STRING PRIMARY KEY, `NAME` STRING, `CITY` STRING\n"
     "> Sink topic O key KAFKA value JSON | `U_ID` STRING PRIMARY KEY, "
     "`NAME` STRING, `CITY` STRING\n"
     "  > Project U_ID, U_NAME, V_CITY | `U_ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `CITY` STRING\n"
     "    > ForeignKeyJoin INNER on U_RID = V_ID | `U_ID` STRING PRIMARY "
     "KEY, `U_ID` STRING, `U_NAME` STRING, `U_RID` INTEGER, `V_ID` INTEGER, "
     "`V_CITY` STRING\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"
     "      > Source V topic v stored | `ID` INTEGER PRIMARY KEY, `CITY` "
     "STRING\n"},
    {"CREATE TABLE O AS SELECT NAME, CITY FROM U JOIN V ON U.RID = V.ID;",
     "ERROR: Primary key column missing in projection. For foreign-key "
     "table-table joins, the projection must include all primary key "
     "columns from the left input table (`U`). Missing column: `ID`.\n"},
    {"CREATE TABLE O AS SELECT U.ID, NAME, CITY FROM U RIGHT JOIN V ON "
     "U.RID = V.ID;",
     "ERROR: RIGHT OUTER JOIN on a foreign key is not supported\n"},
    {"CREATE TABLE O AS SELECT U.ID, NAME, N FROM U FULL JOIN M ON U.ID = M.K;",
     "ERROR: Key missing from projection (ie, SELECT). See "
     "https://cnfl.io/2LV7ouS.\n"
     "The query used to build `O` must include the join expression ROWKEY "
     "in its projection (eg, SELECT ROWKEY...).\n"
     "ROWKEY was added as a synthetic key column because the join criteria "
     "did not match any source column. This expression must be included in "
     "the projection and may be aliased. \n"},
    {"CREATE TABLE O AS SELECT U.ID, NAME, N FROM U LEFT JOIN M ON M.K = U.ID;",
     "TABLE O: `ID` STRING PRIMARY KEY, `NAME` STRING, `N` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `N` BIGINT\n"
     "  > Project U_ID, U_NAME, M_N | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `N` BIGINT\n"
     "    > Join LEFT on U_ID = M_K | `U_ID` STRING PRIMARY KEY, `U_ID` "
     "STRING, `U_NAME` STRING, `U_RID` INTEGER, `M_K` STRING, `M_N` BIGINT\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"
     "      > Source M topic M stored | `K` STRING PRIMARY KEY, `N` BIGINT\n"},
    {"CREATE TABLE O AS SELECT U.ID, NAME FROM U JOIN V ON U.ID = V.ID;",
     "ERROR: Invalid join condition: types don't match. Got U.ID{STRING} = "
     "V.ID{INTEGER}.\n"},
    {"CREATE STREAM O AS SELECT S.K, C, NAME FROM S JOIN R WITHIN 1 SECOND "
     "ON S.K = R.K JOIN U ON R.K = U.ID;",
     "STREAM O: `S_K` STRING KEY, `C` DOUBLE, `NAME` STRING\n"
     "> Sink topic O key KAFKA value JSON | `S_K` STRING KEY, `C` DOUBLE, "
     "`NAME` STRING\n"
     "  > Project S_K, R_C, U_NAME | `S_K` STRING KEY, `C` DOUBLE, `NAME` "
     "STRING\n"
     "    > Join INNER on R_K = U_ID | `S_K` STRING KEY, "
     "`KSQL_INTERNAL_KEY_1` STRING, `S_K` STRING, `S_A` INTEGER, `S_B` "
     "BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` ARRAY<INTEGER>, "
     "`S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` STRING, `R_A` INTEGER, "
     "`R_C` DOUBLE, `U_ID` STRING, `U_NAME` STRING, `U_RID` INTEGER\n"
     "      > Join INNER on S_K = R_K within (1000 ms, 1000 ms) grace "
     "86400000 ms eager | `KSQL_INTERNAL_KEY_1` STRING KEY, `S_K` STRING, "
     "`S_A` INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, "
     "`S_L` ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `R_K` "
     "STRING, `R_A` INTEGER, `R_C` DOUBLE\n"
     "        > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "        > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE\n"
     "      > Source U topic u stored | `ID` STRING PRIMARY KEY, `NAME` "
     "STRING, `RID` INTEGER\n"},
    {"CREATE STREAM O AS SELECT S.K FROM S JOIN R WITHIN 1 SECOND ON S.K = "
     "R.K AND S.A = R.A;",
     "ERROR: Invalid join condition: joins on multiple conditions are not "
     "yet supported. Got ((S.K = R.K) AND (S.A = R.A)).\n"},
    {"CREATE STREAM O AS SELECT S.K FROM S JOIN R WITHIN 1 SECOND ON S.A > "
     "R.A;",
     "ERROR: Only equality join criteria is supported.\n"},
    {"CREATE STREAM O AS SELECT S.K FROM S JOIN R WITHIN 1 SECOND ON S.K = "
     "'x';",
     "ERROR: Invalid comparison expression ''x'' in join '(S.K = 'x')'. "
     "Each side of the join comparision must contain references from "
     "exactly one source.\n"},
    {"CREATE STREAM O AS SELECT S.K FROM S JOIN R WITHIN 1 SECOND ON S.K = "
     "S.K;",
     "ERROR: Each side of the join must reference exactly one source and "
     "not the same source. Left side references `S` and right references `S`\n"},
    {"CREATE STREAM O AS SELECT S.K FROM S JOIN R WITHIN 1 SECOND ON S.A = "
     "R.K;",
     "ERROR: Invalid join condition: types don't match. Got S.A{INTEGER} = "
     "R.K{STRING}.\n"},
    {"CREATE STREAM O AS SELECT A FROM S JOIN R WITHIN 1 SECOND ON S.K = R.K;",
     "ERROR: Exception while preparing statement: Line: 1, Col: 27: Column "
     "'A' is ambiguous. Could be S.A or R.A.\n"},
    {"CREATE STREAM O AS SELECT * FROM S X JOIN S Y WITHIN 1 SECOND ON X.K "
     "= Y.K;",
     "ERROR: Can not join 'S' to 'S': self joins are not yet supported.\n"},
    {"CREATE STREAM O AS SELECT * FROM W JOIN R WITHIN 1 SECOND ON W.K = R.K;",
     "ERROR: Can not join windowed source to non-windowed source.\n"
     "`W` is TUMBLING windowed\n"
     "`R` is not windowed\n"},
    {"CREATE STREAM P (K STRING KEY, A INT) WITH (kafka_topic='newp', "
     "value_format='JSON', partitions=9); CREATE STREAM O AS SELECT * FROM "
     "S JOIN P WITHIN 1 SECOND ON S.K = P.K;",
     "ERROR: Can't join `S` with `P` since the number of partitions don't "
     "match. `S` partitions = 4; `P` partitions = 9. Please repartition "
     "either one so that the number of partitions match.\n"},
    {"CREATE STREAM O AS SELECT S.ROWTIME AS T1, R.ROWTIME AS T2, S.K FROM "
     "S JOIN R WITHIN 1 SECOND ON S.K = R.K WHERE S.ROWTIME > R.ROWTIME;",
     "STREAM O: `S_K` STRING KEY, `T1` BIGINT, `T2` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `S_K` STRING KEY, `T1` BIGINT, "
     "`T2` BIGINT\n"
     "  > Project S_K, S_ROWTIME, R_ROWTIME | `S_K` STRING KEY, `T1` "
     "BIGINT, `T2` BIGINT\n"
     "    > Filter (S_ROWTIME > R_ROWTIME) | `S_K` STRING KEY, `S_K` "
     "STRING, `S_A` INTEGER, `S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` "
     "TIMESTAMP, `S_L` ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` "
     "STRING>, `S_ROWTIME` BIGINT, `R_K` STRING, `R_A` INTEGER, `R_C` "
     "DOUBLE, `R_ROWTIME` BIGINT\n"
     "      > Join INNER on S_K = R_K within (1000 ms, 1000 ms) grace "
     "86400000 ms eager | `S_K` STRING KEY, `S_K` STRING, `S_A` INTEGER, "
     "`S_B` BIGINT, `S_D` DECIMAL(4, 2), `S_T` TIMESTAMP, `S_L` "
     "ARRAY<INTEGER>, `S_X` STRUCT<`F` INTEGER, `G` STRING>, `S_ROWTIME` "
     "BIGINT, `R_K` STRING, `R_A` INTEGER, `R_C` DOUBLE, `R_ROWTIME` BIGINT\n"
     "        > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>, `ROWTIME` BIGINT\n"
     "        > Source R topic r | `K` STRING KEY, `A` INTEGER, `C` DOUBLE, "
     "`ROWTIME` BIGINT\n"},
};

static void join_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
