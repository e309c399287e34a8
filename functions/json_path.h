/* json_path.h: the paths of EXTRACTJSONFIELD: $, .name, [index], ["quoted name"].
 *
 * Source: ksqlDB's JsonPathTokenizer. Thread: a path is immutable once parsed. */
#ifndef FUNCTIONS_JSON_PATH_H
#define FUNCTIONS_JSON_PATH_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct json_path {
    uint32_t count;
    const struct text *steps; /* names or numbers, unescaped */
};

/* STATUS_INVALID "Invalid JSON path: '...'" for a bad path. Steps are made in arena or borrowed
 * from text. */
MUST_USE enum status json_path_parse(struct text text, struct arena *arena, struct json_path *out,
                                     struct diag *diag);

/* Finds the value that the path leads to, checking that all of json is valid. *found is a slice
 * of json; its data is NULL when there is none. STATUS_INVALID without a message when json is
 * not JSON. */
MUST_USE enum status json_path_find(const struct json_path *path, struct text json,
                                    struct arena *arena, struct text *found, struct diag *diag);

#endif
