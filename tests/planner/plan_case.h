/* plan_case.h: statements and what planning the last of them prints, as rows of a table. */
#ifndef TESTS_PLANNER_PLAN_CASE_H
#define TESTS_PLANNER_PLAN_CASE_H

#include <stddef.h>

/* statements run after the setup of the file; all but the last must succeed. expected is what
 * the last one prints (the source that it defines, the plan), or "ERROR: " and its message. */
struct plan_case {
    const char *statements;
    const char *expected;
};

/* Runs every case against a catalog of its own, in which topics exist with 4 partitions, but for
 * those whose name starts with "new". With LEAT_TEST_PRINT=1 prints what it gets. */
void plan_cases_run(const char *setup, const struct plan_case *cases, size_t count);

#define PLAN_CASES_RUN(setup, cases) plan_cases_run(setup, cases, sizeof(cases) / sizeof(cases[0]))

#endif
