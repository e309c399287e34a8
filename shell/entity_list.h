/* entity_list.h: the entities that are lists (SHOW ...), as tables.
 *
 * Source: the table builders of ksqlDB's CLI. Thread: any. */
#ifndef SHELL_ENTITY_LIST_H
#define SHELL_ENTITY_LIST_H

#include "shell/entity_text.h"

/* The list in entity: an array, of SHOW TYPES an object; NULL: it is no list. */
const json_t *entity_list_find(const json_t *entity);

/* Appends the list of an entity that entity_list_find() knows, sorted by its first column. */
MUST_USE enum status entity_list_append(struct buffer *out, const json_t *entity,
                                        const struct entity_look *look, struct diag *diag);

#endif
