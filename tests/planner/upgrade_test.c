/* upgrade_test.c: statements that replace, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"CREATE STREAM O AS SELECT K, A FROM S; CREATE OR REPLACE STREAM O AS "
     "SELECT K, A, B FROM S WHERE A > 1;",
     "STREAM O: `K` STRING KEY, `A` INTEGER, `B` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING KEY, `A` INTEGER, "
     "`B` BIGINT\n"
     "  > Project K, A, B | `K` STRING KEY, `A` INTEGER, `B` BIGINT\n"
     "    > Filter (A > 1) | `K` STRING KEY, `A` INTEGER, `B` BIGINT, `D` "
     "DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"
     "      > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S; CREATE OR REPLACE STREAM O AS "
     "SELECT K, B FROM S;",
     "ERROR: Cannot upgrade data source: DataSource '`O`' has schema = `K` "
     "STRING KEY, `A` INTEGER which is not upgradeable to `K` STRING KEY, "
     "`B` BIGINT. (The following columns are changed, missing or reordered: "
     "[`A` INTEGER])\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S; CREATE OR REPLACE STREAM O AS "
     "SELECT K, A FROM R;",
     "ERROR: Query is not upgradeable. Plan step of type StreamSource must "
     "have matching topicName. Values differ: s vs. r\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) AS N FROM S GROUP BY K; CREATE "
     "OR REPLACE TABLE O AS SELECT K, COUNT(*) AS N FROM S GROUP BY K "
     "HAVING COUNT(*) > 1;",
     "TABLE O: `K` STRING PRIMARY KEY, `N` BIGINT\n"
     "> Sink topic O key KAFKA value JSON | `K` STRING PRIMARY KEY, `N` BIGINT\n"
     "  > Project K, COUNT(*) | `K` STRING PRIMARY KEY, `N` BIGINT\n"
     "    > Having (COUNT(*) > 1) | `K` STRING PRIMARY KEY, "
     "`KSQL_AGG_VARIABLE_0` BIGINT\n"
     "      > Aggregate by (K) of (COUNT(ROWTIME)) | `K` STRING PRIMARY "
     "KEY, `KSQL_AGG_VARIABLE_0` BIGINT\n"
     "        > Source S topic s | `K` STRING KEY, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(*) AS N FROM S GROUP BY K; CREATE "
     "OR REPLACE TABLE O AS SELECT K, COUNT(*) AS N FROM S WHERE A > 1 "
     "GROUP BY K;",
     "ERROR: Query is not upgradeable. Plan step of type StreamAggregate "
     "must have matching columns not part of aggregate. Values differ: "
     "[`K`, `ROWTIME`] vs. [`K`, `ROWTIME`, `A`]\n"},
    {"CREATE TABLE O AS SELECT K, COUNT(A) AS N FROM S GROUP BY K; CREATE "
     "OR REPLACE TABLE O AS SELECT K, MAX(A) AS N FROM S GROUP BY K;",
     "ERROR: Cannot upgrade data source: DataSource '`O`' has schema = `K` "
     "STRING KEY, `N` BIGINT which is not upgradeable to `K` STRING KEY, "
     "`N` INTEGER. (The following columns are changed, missing or "
     "reordered: [`N` BIGINT])\n"},
    {"CREATE OR REPLACE TABLE MW AS SELECT K, COUNT(*) AS N FROM S WINDOW "
     "TUMBLING (SIZE 10 SECONDS) GROUP BY K;",
     "ERROR: Upgrades not yet supported for StreamWindowedAggregate\n"},
    {"CREATE STREAM O AS SELECT S.K, NAME FROM S JOIN U ON S.K = U.ID; "
     "CREATE OR REPLACE STREAM O AS SELECT S.K, NAME FROM S JOIN U ON S.K = "
     "U.ID;",
     "ERROR: Upgrades not yet supported for StreamTableJoin\n"},
    {"CREATE STREAM O AS SELECT K, A FROM S; CREATE OR REPLACE STREAM O AS "
     "SELECT S.K AS K, S.A AS A FROM S JOIN U ON S.K = U.ID;",
     "ERROR: Cannot change a non-join source into a join source.\n"},
    {"CREATE STREAM O AS SELECT A, K FROM S PARTITION BY A; CREATE OR "
     "REPLACE STREAM O AS SELECT A + 0 AS A, K FROM S PARTITION BY A + 0;",
     "ERROR: Query is not upgradeable. Plan step of type StreamSelectKey "
     "must have matching keyExpressions. Values differ: [A] vs. [(A + 0)]\n"},
    {"CREATE SOURCE STREAM O (A INT) WITH (kafka_topic='o', "
     "value_format='JSON'); CREATE OR REPLACE STREAM O AS SELECT A FROM R "
     "PARTITION BY NULL;",
     "ERROR: Cannot add stream 'O': CREATE OR REPLACE is not supported on "
     "source streams.\n"},
};

static void upgrade_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upgrade_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
