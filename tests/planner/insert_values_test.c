/* insert_values_test.c: records written by hand, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"SET 'ksql.insert.into.values.enabled'='false'; INSERT INTO S (K) VALUES ('a');",
     "ERROR: The server has disabled INSERT INTO ... VALUES functionality. To enable it, restart "
     "your ksqlDB server with 'ksql.insert.into.values.enabled'=true\n"},
    {"INSERT INTO R VALUES ('a', 1, 2.5);", "VALUES K A C\n"},
    {"INSERT INTO R (A, K, ROWTIME) VALUES (1 + 1, UCASE('a'), 1234);",
     "VALUES K A C=NULL with time\n"},
    {"INSERT INTO R (K, A) VALUES ('a');",
     "ERROR: Failed to prepare statement: Expected number columns and "
     "values to match: 2, 1\n"},
    {"INSERT INTO R VALUES ('a', 1);",
     "ERROR: Failed to insert values into 'R'. Expected a value for each "
     "column. Expected Columns: [`K`, `A`, `C`]. Got ['a', 1]\n"},
    {"INSERT INTO R (K, Q) VALUES ('a', 1);",
     "ERROR: Failed to insert values into 'R'. Column name `Q` does not exist.\n"},
    {"INSERT INTO R (K, ROWOFFSET) VALUES ('a', 1);",
     "ERROR: Failed to insert values into 'R'. Inserting into column "
     "`ROWOFFSET` is not allowed.\n"},
    {"INSERT INTO R (K, A) VALUES ('a', 'b');",
     "ERROR: Failed to insert values into 'R'. Expected type INTEGER for "
     "field `A` but got STRING(b)\n"},
    {"INSERT INTO R (K, A) VALUES ('a', B);",
     "ERROR: Failed to insert values into 'R'. Unsupported column reference "
     "in insert value: B\n"},
    {"INSERT INTO R (K, A) VALUES ('a', Q.B);",
     "ERROR: Failed to prepare statement: 'Q' is not a valid stream/table "
     "name or alias.\n"},
    {"INSERT INTO S (K, T) VALUES ('a', 'noon');",
     "ERROR: Failed to insert values into 'S'. Expected type TIMESTAMP for "
     "field `T` but got STRING(noon). Timestamp format must be "
     "yyyy-mm-ddThh:mm:ss[.S]\n"},
    {"INSERT INTO S (K, T) VALUES ('a', '2020-01-01T12:00:00');",
     "VALUES K A=NULL B=NULL D=NULL T L=NULL X=NULL\n"},
    {"INSERT INTO U (NAME) VALUES ('a');",
     "ERROR: Failed to insert values into 'U'. Value for primary key "
     "column(s) ID is required for tables\n"},
    {"INSERT INTO W VALUES ('a', 1);", "ERROR: Cannot insert values into windowed stream/table!\n"},
    {"INSERT INTO NOPE VALUES (1);",
     "ERROR: Cannot insert values into an unknown stream/table: `NOPE`\n"},
    {"INSERT INTO \"r\" VALUES (1);",
     "ERROR: Cannot insert values into an unknown stream/table: `r`\n"
     "Did you mean R? Hint: try removing double quotes from the source name.\n"},
};

static void insert_values_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(insert_values_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
