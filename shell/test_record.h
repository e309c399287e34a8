/* test_record.h: an input record of a case, from its JSON view to the bytes in the topic.
 *
 * How bytes come about depends on the format that the topic's source declares. JSON: the view as
 * it stands, so that a case can hold records that no schema would write. DELIMITED: a string is
 * the record's text, other scalars are written as they stand. KAFKA: the view is read as the
 * column's type and serialized. The registry formats and Protobuf: the view is read as the columns
 * of the registered schema, or of the source, and encoded. Topics without a source take the view as
 * JSON. A view that is
 * null or absent is a null key or value. Thread: any. */
#ifndef SHELL_TEST_RECORD_H
#define SHELL_TEST_RECORD_H

#include "base/arena.h"
#include "base/record.h"
#include "base/status.h"
#include "shell/test_catalog.h"
#include "shell/test_tree.h"

/* *out lives in arena and borrows from input. */
MUST_USE enum status test_record_read(struct arena *arena, const struct test_topic *topic,
                                      const struct tree *input, struct record *out,
                                      struct diag *diag);

/* The record's headers as {KEY, VALUE: base64 or null}; *out_headers lies in arena. */
MUST_USE enum status test_headers_read(struct arena *arena, const struct tree *record,
                                       const struct record_header **out_headers,
                                       uint32_t *out_count, struct diag *diag);

struct test_window {
    bool is_given;
    bool is_session; /* otherwise "time" */
    int64_t start_ms;
    int64_t end_ms;
};

/* The record's window: {"start", "end", "type": "time" or "session"}. */
MUST_USE enum status test_window_read(const struct tree *record, struct test_window *out,
                                      struct diag *diag);

#endif
