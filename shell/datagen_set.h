/* datagen_set.h: ksqlDB's quickstart sets as SQL: a CREATE STREAM statement and rows for it.
 *
 * Source: ksql-datagen's schemas orders, users, pageviews, clickstream and ratings; columns and
 * values follow them. A set is repeatable from a seed, but for the current time in it. Thread:
 * one at a time per generator. */
#ifndef SHELL_DATAGEN_SET_H
#define SHELL_DATAGEN_SET_H

#include <stdint.h>

#include "base/buffer.h"

struct datagen_set;

struct datagen_state {
    uint64_t random; /* any value but 0 */
    int64_t row;     /* number of the next row, from 0 */
};

/* NULL: there is no set of that name. */
const struct datagen_set *datagen_set_find(const char *name);

/* Appends "CREATE STREAM IF NOT EXISTS ...;". */
void datagen_set_append_create(const struct datagen_set *set, struct buffer *out);

/* Appends "INSERT INTO ... VALUES (...);" for the next row. now_ms: since 1970. */
void datagen_set_append_row(const struct datagen_set *set, struct datagen_state *state,
                            int64_t now_ms, struct buffer *out);

#endif
