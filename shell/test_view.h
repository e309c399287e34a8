/* test_view.h: a record of a topic as people see it: JSON views of key and value, time, window
 * and headers.
 *
 * The way back from test_record.h. JSON is parsed and keeps its numbers' digits; KAFKA is decoded
 * by the column's type; DELIMITED is one string, as is anything that turns out not to be what its
 * source says. Thread: any. */
#ifndef SHELL_TEST_VIEW_H
#define SHELL_TEST_VIEW_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/record.h"
#include "base/status.h"
#include "shell/test_catalog.h"
#include "shell/test_tree.h"

struct test_view_side {
    const struct tree *tree; /* NULL: null bytes */
    const struct type *type; /* of the whole view; NULL when not known */
    bool is_text;            /* tree is the record's text as one string */
};

struct test_view {
    struct test_view_side key;
    struct test_view_side value;
    int64_t time_ms;
    bool is_windowed;
    bool is_session; /* if windowed */
    int64_t start_ms;
    int64_t end_ms;
    const struct record *record; /* borrowed: the headers */
};

/* *out lives in arena and borrows from record and topic. Fails only for want
 * of memory. */
MUST_USE enum status test_view_read(struct arena *arena, const struct test_topic *topic,
                                    const struct record *record, struct test_view *out,
                                    struct diag *diag);

/* One line in the form of a case's outputs. */
void test_view_print(struct buffer *out, const struct test_view *view);

#endif
