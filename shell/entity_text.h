/* entity_text.h: results of statements (entities of the REST API) as text for people. */
#ifndef SHELL_ENTITY_TEXT_H
#define SHELL_ENTITY_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* Writes entity: lists as aligned columns, statuses as their message, the rest as JSON. */
void entity_text_write(FILE *out, const json_t *entity);
/* Writes entity as JSON, one line per item where it is a list. */
void entity_json_write(FILE *out, const json_t *entity);

#endif
