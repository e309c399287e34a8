/* serde.h: a plan's serde in the terms of formats/. */
#ifndef ENGINE_SERDE_H
#define ENGINE_SERDE_H

#include "formats/format.h"
#include "planner/catalog.h"

/* The delimiter as text; borrows from serde. */
static inline struct text serde_delimiter(const struct serde *serde)
{
    return (struct text){&serde->delimiter, serde->delimiter ? 1 : 0};
}

/* The columns of one role as fields, in arena; names and types are borrowed. */
static inline enum status serde_columns(struct arena *arena, const struct schema *schema,
                                        enum column_role role, const struct type_field **out,
                                        uint32_t *out_count, struct diag *diag)
{
    struct type_field *fields = arena_array(arena, schema->column_count, sizeof(*fields));
    if (!fields) {
        return diag_no_memory(diag);
    }
    *out_count = 0;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].role == role) {
            fields[(*out_count)++] =
                (struct type_field){schema->columns[i].name, schema->columns[i].type};
        }
    }
    *out = fields;
    return STATUS_OK;
}

static inline enum format_wrap serde_wrap(const struct serde *serde, enum format_side side)
{
    if (serde->is_unwrapped) {
        return FORMAT_UNWRAP_SINGLES;
    }
    return side == FORMAT_VALUE && serde->has_wrap_setting ? FORMAT_WRAP_SINGLES
                                                           : FORMAT_WRAP_NONE_SET;
}

#endif
