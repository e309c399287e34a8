/* entity_text.h: results of statements (entities of the REST API) as text.
 *
 * One way to draw them, for `leat run` and `leat shell`. Source of the looks: ksqlDB's CLI
 * (Console and its table builders). Thread: any. */
#ifndef SHELL_ENTITY_TEXT_H
#define SHELL_ENTITY_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/status.h"

struct entity_look {
    size_t width_max; /* of the terminal; 0: no limit */
    bool is_cutting;  /* long cells are cut, not continued in the next line */
};

/* Appends entity for people: lists as tables, descriptions, statuses as their message, the rest
 * as indented JSON; then its warnings. */
MUST_USE enum status entity_text_append(struct buffer *out, const json_t *entity,
                                        const struct entity_look *look, struct diag *diag);

/* Appends entity for programs: JSON, one line per item where it is a list. */
MUST_USE enum status entity_json_append(struct buffer *out, const json_t *entity,
                                        struct diag *diag);

#endif
