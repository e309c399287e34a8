/* entity_type.h: the types in entities, as SQL. Thread: any. */
#ifndef SHELL_ENTITY_TYPE_H
#define SHELL_ENTITY_TYPE_H

#include <jansson.h>

#include "base/buffer.h"

/* Appends the type that a schema object of the REST API stands for: DECIMAL(4, 2),
 * ARRAY<VARCHAR>. A STRING by itself is VARCHAR(STRING), as in ksqlDB's CLI. */
void entity_type_append(struct buffer *out, const json_t *schema);

#endif
