/* names.c
 *
 * The table of pseudo columns is the only place that spells their names; everything that has
 * to treat them specially (reserved names, windows, pull queries) asks it.
 */
#include "planner/names.h"

#include <stdio.h>

#include "base/buffer.h"

const struct pseudo_name pseudo_names[PSEUDO_KIND_COUNT] = {
    {PSEUDO_ROWTIME, {"ROWTIME", 7}, TYPE_BIGINT, false},
    {PSEUDO_ROWPARTITION, {"ROWPARTITION", 12}, TYPE_INTEGER, false},
    {PSEUDO_ROWOFFSET, {"ROWOFFSET", 9}, TYPE_BIGINT, false},
    {PSEUDO_WINDOWSTART, {"WINDOWSTART", 11}, TYPE_BIGINT, true},
    {PSEUDO_WINDOWEND, {"WINDOWEND", 9}, TYPE_BIGINT, true},
};

const struct pseudo_name *pseudo_find(struct text name)
{
    for (size_t i = 0; i < PSEUDO_KIND_COUNT; i++) {
        if (text_equal(pseudo_names[i].name, name)) {
            return &pseudo_names[i];
        }
    }
    return NULL;
}

bool name_is_window_bound(struct text name)
{
    const struct pseudo_name *pseudo = pseudo_find(name);
    return pseudo && pseudo->is_window_bound;
}

struct text name_of_join_column(struct arena *arena, struct text alias, struct text column)
{
    return arena_printf(arena, "%.*s_%.*s", TEXT_ARGS(alias), TEXT_ARGS(column));
}

bool identifier_list_has(const struct identifier_list *list, struct text name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_equal(list->items[i].name, name)) {
            return true;
        }
    }
    return false;
}

struct text name_list(struct arena *arena, const struct text *names, size_t count, const char *last)
{
    struct buffer buffer;
    buffer_init(&buffer);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_append_string(&buffer, i + 1 == count ? last : ", ");
        }
        buffer_append_text(&buffer, names[i]);
    }
    const struct text list =
        buffer.has_failed ? (struct text){NULL, 0} : arena_text(arena, buffer_text(&buffer));
    buffer_release(&buffer);
    return list;
}

struct text name_quoted(struct arena *arena, struct text name)
{
    struct buffer buffer;
    buffer_init(&buffer);
    type_print_name(name, &buffer);
    const struct text quoted =
        buffer.has_failed ? (struct text){NULL, 0} : arena_text(arena, buffer_text(&buffer));
    buffer_release(&buffer);
    return quoted;
}

enum status fail_at(struct diag *diag, struct sql_pos pos, const char *format, ...)
{
    char message[DIAG_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (pos.line == 0) {
        return diag_fail(diag, STATUS_INVALID, pos, "%s", message);
    }
    return diag_fail(diag, STATUS_INVALID, pos, "Line: %u, Col: %u: %s", pos.line, pos.column,
                     message);
}
