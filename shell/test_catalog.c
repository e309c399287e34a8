/* test_catalog.c
 *
 * How the records of a source are written, in the terms of formats/.
 */
#include "shell/test_catalog.h"

#include "engine/serde.h"

enum status test_side_of(struct arena *arena, const struct source *source, enum format_side side,
                         struct test_side *out, struct diag *diag)
{
    const struct serde *serde = side == FORMAT_KEY ? &source->key_serde : &source->value_serde;
    const enum column_role role = side == FORMAT_KEY ? COLUMN_KEY : COLUMN_VALUE;
    struct type_field *columns = arena_array(arena, source->schema.column_count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    *out = (struct test_side){.format = serde->format,
                              .side = side,
                              .wrap = serde_wrap(serde, side),
                              .delimiter = serde_delimiter(serde),
                              .columns = columns};
    for (uint32_t i = 0; i < source->schema.column_count; i++) {
        const struct schema_column *column = &source->schema.columns[i];
        if (column->role == role) {
            columns[out->column_count++] = (struct type_field){column->name, column->type};
        }
    }
    return STATUS_OK;
}
