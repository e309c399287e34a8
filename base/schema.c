/* schema.c
 *
 * Lookups are linear: schemas are short, and the planner resolves each name once.
 */
#include "base/schema.h"

int schema_find(const struct schema *schema, struct text name)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (text_equal(schema->columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

uint32_t schema_count(const struct schema *schema, enum column_role role)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        count += schema->columns[i].role == role;
    }
    return count;
}

bool schema_copy(struct arena *arena, const struct schema *schema, struct schema *out)
{
    struct schema_column *columns = arena_array(arena, schema->column_count, sizeof(*columns));
    if (!columns) {
        return false;
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct schema_column *from = &schema->columns[i];
        columns[i] = *from;
        columns[i].name = arena_text(arena, from->name);
        columns[i].type = type_copy(arena, from->type);
        if (from->header_key.data) {
            columns[i].header_key = arena_text(arena, from->header_key);
        }
        if (!columns[i].name.data || !columns[i].type ||
            (from->header_key.data && !columns[i].header_key.data)) {
            return false;
        }
    }
    *out = (struct schema){.column_count = schema->column_count, .columns = columns};
    return true;
}

bool schema_equal(const struct schema *a, const struct schema *b)
{
    if (a->column_count != b->column_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->column_count; i++) {
        if (!text_equal(a->columns[i].name, b->columns[i].name) ||
            a->columns[i].role != b->columns[i].role ||
            !type_equal(a->columns[i].type, b->columns[i].type)) {
            return false;
        }
    }
    return true;
}

static void print_role(const struct schema_column *column, bool is_table, struct buffer *out)
{
    switch (column->role) {
    case COLUMN_KEY:
        buffer_append_string(out, is_table ? " PRIMARY KEY" : " KEY");
        break;
    case COLUMN_HEADERS:
        if (column->header_key.data) {
            buffer_printf(out, " HEADER('%.*s')", TEXT_ARGS(column->header_key));
        } else {
            buffer_append_string(out, " HEADERS");
        }
        break;
    case COLUMN_VALUE:
        break;
    }
}

void schema_print(const struct schema *schema, bool is_table, struct buffer *out)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (i > 0) {
            buffer_append_string(out, ", ");
        }
        type_print_name(schema->columns[i].name, out);
        buffer_append_byte(out, ' ');
        type_print(schema->columns[i].type, out);
        print_role(&schema->columns[i], is_table, out);
    }
}
