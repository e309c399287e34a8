/* source_name_hint.c
 *
 * Names are folded to upper case unless quoted; the usual mistake is a name that differs from
 * an existing one by case only. All sources are looked at once.
 */
#include "base/buffer.h"
#include "planner/query.h"

struct hint {
    struct text name;
    struct buffer found;
    uint32_t count;
    bool needs_quotes;
};

static bool is_folded(struct text name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        if (name.data[i] >= 'a' && name.data[i] <= 'z') {
            return false;
        }
    }
    return true;
}

static void visit_source(void *context, const struct source *source)
{
    struct hint *hint = context;
    if (!text_equal_nocase(hint->name, source->name) || text_equal(hint->name, source->name)) {
        return;
    }
    const char *quote = is_folded(source->name) ? "" : "\"";
    buffer_printf(&hint->found, "%s%s%.*s%s", hint->count ? " or " : "", quote,
                  TEXT_ARGS(source->name), quote);
    hint->needs_quotes |= quote[0] != '\0';
    hint->count++;
}

struct text source_name_hint(const struct planner *planner, struct text name)
{
    struct hint hint = {.name = name};
    struct text text = {NULL, 0};
    buffer_init(&hint.found);
    planner->catalog->each_source(planner->catalog->context, &hint, visit_source);
    if (hint.count > 0 && !hint.found.has_failed) {
        const char *advice =
            hint.needs_quotes
                ? "Hint: wrap the source name in double quotes to make it case-sensitive."
                : "Hint: try removing double quotes from the source name.";
        text = arena_printf(planner->arena, "\nDid you mean %.*s? %s",
                            TEXT_ARGS(buffer_text(&hint.found)), advice);
    }
    buffer_release(&hint.found);
    return text;
}
