/* pull_test.c: queries answered from what is stored, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"SELECT * FROM M WHERE K = 'a';",
     "> KeyLookup of 1 M where (K = 'a') | `K` STRING KEY, `N` BIGINT\n"},
    {"SELECT N, K, ROWTIME FROM M WHERE K IN ('a', 'b', 'a') AND N > 2;",
     "> KeyLookup of 2 M where ((K IN ('a', 'b', 'a')) AND (N > 2)) | `N` "
     "BIGINT, `K` STRING KEY, `ROWTIME` BIGINT\n"},
    {"SELECT * FROM M WHERE K = 'a' OR K = 'b';",
     "> KeyLookup of 2 M where ((K = 'a') OR (K = 'b')) | `K` STRING KEY, "
     "`N` BIGINT\n"},
    {"SELECT * FROM M WHERE K = 'a' OR N = 1;",
     "> TableScan M where ((K = 'a') OR (N = 1)) | `K` STRING KEY, `N` BIGINT\n"},
    {"SELECT * FROM M WHERE K >= 'a';",
     "> RangeScan M where (K >= 'a') | `K` STRING KEY, `N` BIGINT\n"},
    {"SELECT * FROM M LIMIT 5;", "> TableScan M limit 5 | `K` STRING KEY, `N` BIGINT\n"},
    {"SELECT * FROM MW WHERE K = 'a' AND WINDOWSTART >= '2020-01-01' AND "
     "WINDOWEND < 1577836900000;",
     "> KeyLookup of 1 MW WINDOWSTART from 1577836800000 ms WINDOWEND to "
     "1577836899999 ms where (((K = 'a') AND (WINDOWSTART >= "
     "1577836800000)) AND (WINDOWEND < 1577836900000)) | `K` STRING KEY, "
     "`WINDOWSTART` BIGINT KEY, `WINDOWEND` BIGINT KEY, `N` BIGINT\n"},
    {"SELECT * FROM MW WHERE K = 'a' AND WINDOWSTART = 10 AND WINDOWSTART > 5;",
     "ERROR: `(WINDOWSTART = 10)` cannot be combined with other "
     "`WINDOWSTART` bounds. See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"
     "Pull queries require a WHERE clause that:\n"
     " - includes a key equality expression, e.g. `SELECT * FROM X WHERE "
     "<key-column> = Y;`.\n"
     " - in the case of a multi-column key, is a conjunction of equality "
     "expressions that cover all key columns.\n"
     " - to support range expressions, e.g. `SELECT * FROM X WHERE "
     "<key-column> < Y;`, range scans need to be enabled by setting "
     "ksql.query.pull.range.scan.enabled=true\n"
     " - (optionally) limits the time bounds of the windowed table. This "
     "can be: \n"
     "    + a single window lower bound, e.g. `WHERE WINDOWSTART = z`, or\n"
     "    + a range, e.g. `WHERE a <= WINDOWSTART AND WINDOWSTART < b\n"
     "If more flexible queries are needed, table scans can be enabled by "
     "setting ksql.query.pull.table.scan.enabled=true.\n"},
    {"SELECT * FROM MW WHERE K = 'a' AND WINDOWSTART > 10 AND WINDOWSTART > 5;",
     "ERROR: Duplicate `WINDOWSTART` bounds on: GREATER_THAN: [(WINDOWSTART "
     "> 10), (WINDOWSTART > 5)]. See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"
     "Pull queries require a WHERE clause that:\n"
     " - includes a key equality expression, e.g. `SELECT * FROM X WHERE "
     "<key-column> = Y;`.\n"
     " - in the case of a multi-column key, is a conjunction of equality "
     "expressions that cover all key columns.\n"
     " - to support range expressions, e.g. `SELECT * FROM X WHERE "
     "<key-column> < Y;`, range scans need to be enabled by setting "
     "ksql.query.pull.range.scan.enabled=true\n"
     " - (optionally) limits the time bounds of the windowed table. This "
     "can be: \n"
     "    + a single window lower bound, e.g. `WHERE WINDOWSTART = z`, or\n"
     "    + a range, e.g. `WHERE a <= WINDOWSTART AND WINDOWSTART < b\n"
     "If more flexible queries are needed, table scans can be enabled by "
     "setting ksql.query.pull.table.scan.enabled=true.\n"},
    {"SELECT * FROM M WHERE K = 1;",
     "ERROR: Error in WHERE expression: Cannot compare K (STRING) to 1 "
     "(INTEGER) with EQUAL.\n"
     "Statement: (K = 1)\n"},
    {"SELECT * FROM M WHERE K = NULL;",
     "ERROR: Error in WHERE expression: Comparison with NULL not supported: "
     "STRING = NULL\n"
     "Use 'IS NULL' or 'IS NOT NULL' instead.\n"
     "Statement: (K = null)\n"},
    {"SELECT * FROM U;", "ERROR: The `U` table isn't queryable. To derive a queryable table, "
                         "you can do 'CREATE TABLE QUERYABLE_U AS SELECT * FROM U'. See "
                         "https://cnfl.io/queries for more info.\n"
                         "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SELECT * FROM S WHERE A > 1;",
     "> StreamScan S where (A > 1) | `K` STRING, `A` INTEGER, `B` BIGINT, "
     "`D` DECIMAL(4, 2), `T` TIMESTAMP, `L` ARRAY<INTEGER>, `X` STRUCT<`F` "
     "INTEGER, `G` STRING>\n"},
    {"SELECT COUNT(*) FROM S;", "ERROR: Pull queries don't support aggregation functions. See "
                                "https://cnfl.io/queries for more info.\n"
                                "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SELECT K, COUNT(*) FROM S GROUP BY K;",
     "ERROR: Pull queries don't support GROUP BY clauses. See "
     "https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SELECT ROWOFFSET FROM S;",
     "ERROR: Pull queries don't support the following columns in SELECT "
     "clauses: `ROWOFFSET`. See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SELECT * FROM M LIMIT -1;",
     "ERROR: Pull queries don't support negative integers in the LIMIT "
     "clause. See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SELECT *, N FROM M;", "ERROR: Pull queries only support wildcards in the projects if they "
                            "are the only expression. See https://cnfl.io/queries for more info.\n"
                            "Add EMIT CHANGES if you intended to issue a push query.\n"},
    {"SET 'ksql.query.pull.table.scan.enabled'='false'; SELECT * FROM M "
     "WHERE N = 1;",
     "ERROR: WHERE clause missing key column for disjunct: (N = 1). See "
     "https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"
     "Pull queries require a WHERE clause that:\n"
     " - includes a key equality expression, e.g. `SELECT * FROM X WHERE "
     "<key-column> = Y;`.\n"
     " - in the case of a multi-column key, is a conjunction of equality "
     "expressions that cover all key columns.\n"
     " - to support range expressions, e.g. `SELECT * FROM X WHERE "
     "<key-column> < Y;`, range scans need to be enabled by setting "
     "ksql.query.pull.range.scan.enabled=true\n"
     "If more flexible queries are needed, table scans can be enabled by "
     "setting ksql.query.pull.table.scan.enabled=true.\n"},
    {"SET 'ksql.query.pull.table.scan.enabled'='false'; SELECT * FROM M;",
     "ERROR: Missing WHERE clause. See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"
     "Pull queries require a WHERE clause that:\n"
     " - includes a key equality expression, e.g. `SELECT * FROM X WHERE "
     "<key-column> = Y;`.\n"
     " - in the case of a multi-column key, is a conjunction of equality "
     "expressions that cover all key columns.\n"
     " - to support range expressions, e.g. `SELECT * FROM X WHERE "
     "<key-column> < Y;`, range scans need to be enabled by setting "
     "ksql.query.pull.range.scan.enabled=true\n"
     "If more flexible queries are needed, table scans can be enabled by "
     "setting ksql.query.pull.table.scan.enabled=true.\n"},
    {"SET 'ksql.query.pull.table.scan.enabled'='false'; SELECT * FROM M "
     "WHERE K <> 'a';",
     "ERROR: Bound on key columns '[`K` STRING KEY]' must currently be '='. "
     "See https://cnfl.io/queries for more info.\n"
     "Add EMIT CHANGES if you intended to issue a push query.\n"
     "Pull queries require a WHERE clause that:\n"
     " - includes a key equality expression, e.g. `SELECT * FROM X WHERE "
     "<key-column> = Y;`.\n"
     " - in the case of a multi-column key, is a conjunction of equality "
     "expressions that cover all key columns.\n"
     " - to support range expressions, e.g. `SELECT * FROM X WHERE "
     "<key-column> < Y;`, range scans need to be enabled by setting "
     "ksql.query.pull.range.scan.enabled=true\n"
     "If more flexible queries are needed, table scans can be enabled by "
     "setting ksql.query.pull.table.scan.enabled=true.\n"},
};

static void pull_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pull_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
