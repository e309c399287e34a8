/* test_statement.h: which topic a statement takes for granted.
 *
 * CREATE STREAM or TABLE with columns is declared over a topic that exists, unless PARTITIONS
 * says how to make it. A case does not list these topics: the runner makes them, as ksqlDB's does.
 * Thread: any. */
#ifndef SHELL_TEST_STATEMENT_H
#define SHELL_TEST_STATEMENT_H

#include <stdbool.h>

#include "base/text.h"

/* Takes the first statement off *sql. *out_topic is the topic that it needs, borrowed from *sql,
 * with data NULL when it needs none; *out_selects: it is CREATE .. AS SELECT. False when nothing
 * is left. Text that is no SQL gives no topics. */
bool test_statement_take(struct text *sql, struct text *out_topic, bool *out_selects);

#endif
