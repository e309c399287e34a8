/* test_catalog.h: how the records of a source are written, in the terms of formats/.
 *
 * Thread: one at a time. */
#ifndef SHELL_TEST_CATALOG_H
#define SHELL_TEST_CATALOG_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect.h"
#include "formats/format.h"

/* How the keys or the values of a source are written. */
struct test_side {
    enum format_kind format;
    enum format_side side;
    enum format_wrap wrap;
    struct text delimiter;
    uint32_t column_count;
    const struct type_field *columns;
};

/* *out borrows from source and arena. */
MUST_USE enum status test_side_of(struct arena *arena, const struct source *source,
                                  enum format_side side, struct test_side *out, struct diag *diag);

#endif
