/* test_statement.h: which topic a statement takes for granted.
 *
 * CREATE STREAM or TABLE with columns is declared over a topic that exists, unless PARTITIONS
 * says how to make it. A case does not list these topics: the runner makes them, as ksqlDB's does.
 * Thread: any. */
#ifndef SHELL_TEST_STATEMENT_H
#define SHELL_TEST_STATEMENT_H

#include <stdbool.h>

#include "base/text.h"

struct test_statement {
    struct text topic; /* KAFKA_TOPIC, borrowed from the text; data NULL when not given */
    bool needs_topic;  /* it takes for granted that topic is there */
    bool selects;      /* it is CREATE .. AS SELECT */
};

/* Takes the first statement off *sql. False when nothing is left. Text that is no SQL gives no
 * topics. */
bool test_statement_take(struct text *sql, struct test_statement *out);

#endif
