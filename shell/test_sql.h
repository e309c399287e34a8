/* test_sql.h: test cases written in SQL, as ksqlDB's run-ksql-test takes them.
 *
 * A file holds several cases, each begun by a line "--@test: name". "--@expected.error: class" or
 * "--@expected.message: text" behind it says that the case must fail, with a message that contains
 * text; the class is Java's and does not count. The SQL is that of a server, and besides ASSERT
 * VALUES, ASSERT NULL VALUES, ASSERT STREAM, ASSERT TABLE, and RUN SCRIPT, whose path begins at
 * the folder of the file or one above it. Text before the first case belongs to none. Thread: one
 * at a time. */
#ifndef SHELL_TEST_SQL_H
#define SHELL_TEST_SQL_H

#include "base/status.h"
#include "shell/test_case.h"
#include "shell/test_stage.h"

/* Whether a file of this name holds such cases. */
bool test_sql_is_path(const char *path);

/* Calls visit for each case, as test_file_each() does. */
MUST_USE enum status test_sql_each(const struct test_file *file, test_case_visit *visit,
                                   void *context, struct diag *diag);

/* Runs a case on a stage of its own, whose engine is not open yet; STATUS_OK when it passes. */
MUST_USE enum status test_sql_run(struct test_stage *stage, const struct test_case *test);

#endif
