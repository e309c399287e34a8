/* entity_describe.h: the answers of DESCRIBE and EXPLAIN for people.
 *
 * Source: ksqlDB's CLI (Console). Thread: any. */
#ifndef SHELL_ENTITY_DESCRIBE_H
#define SHELL_ENTITY_DESCRIBE_H

#include "shell/entity_text.h"

/* Is entity a description of sources, queries or a function? */
bool entity_describe_knows(const json_t *entity);

/* Appends an entity that is known. */
MUST_USE enum status entity_describe_append(struct buffer *out, const json_t *entity,
                                            const struct entity_look *look, struct diag *diag);

#endif
