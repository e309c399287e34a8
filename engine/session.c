/* session.c
 *
 * Two name-value lists. Variables share the list type of settings but none of its rules: any name
 * is allowed, and case does not count.
 */
#include "engine/session.h"

#include <ctype.h>

#include "base/memory.h"
#include "engine/engine_state.h"

enum status session_create(struct engine *engine, struct session **out, struct diag *diag)
{
    struct session *session = memory_zalloc(sizeof(*session));
    if (!session) {
        return diag_no_memory(diag);
    }
    session->engine = engine;
    settings_init(&session->settings, &engine->settings);
    settings_init(&session->variables, NULL);
    *out = session;
    return STATUS_OK;
}

void session_destroy(struct session *session)
{
    if (session) {
        settings_release(&session->settings);
        settings_release(&session->variables);
        asserted_release(session);
        memory_free(session);
    }
}

enum status session_set(struct session *session, const char *name, const char *value,
                        struct diag *diag)
{
    return settings_set(&session->settings, text_of(name), text_of(value), false, diag);
}

enum { VARIABLE_NAME_BYTES_MAX = 256 };

/* Upper-cases name into buffer. */
static enum status fold_name(struct text name, char buffer[VARIABLE_NAME_BYTES_MAX],
                             struct text *out, struct diag *diag)
{
    if (name.bytes > VARIABLE_NAME_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "the name of a variable is longer than %d bytes",
                         VARIABLE_NAME_BYTES_MAX);
    }
    for (size_t i = 0; i < name.bytes; i++) {
        buffer[i] = (char)toupper((unsigned char)name.data[i]);
    }
    *out = (struct text){buffer, name.bytes};
    return STATUS_OK;
}

enum status session_define(struct session *session, const char *name, const char *value,
                           struct diag *diag)
{
    char buffer[VARIABLE_NAME_BYTES_MAX];
    struct text folded;
    TRY(fold_name(text_of(name), buffer, &folded, diag));
    return settings_set(&session->variables, folded, text_of(value), true, diag);
}

enum status session_undefine(struct session *session, struct text name, bool *out_found,
                             struct diag *diag)
{
    char buffer[VARIABLE_NAME_BYTES_MAX];
    struct text folded;
    TRY(fold_name(name, buffer, &folded, diag));
    *out_found = settings_unset(&session->variables, folded);
    return STATUS_OK;
}

enum status session_parser_options(const struct session *session, struct arena *arena,
                                   struct parser_options *out, struct diag *diag)
{
    const size_t count = session->variables.count;
    struct parser_variable *items = arena_array(arena, count, sizeof(*items));
    if (!items) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct parser_variable){
            .name = arena_text(arena, text_of(session->variables.values[i].name)),
            .value = arena_text(arena, text_of(session->variables.values[i].value))};
        if (!items[i].name.data || !items[i].value.data) {
            return diag_no_memory(diag);
        }
    }
    *out = (struct parser_options){.variables = items,
                                   .variable_count = count,
                                   .allow_test_statements =
                                       session->engine->options.runs_sql_tests};
    return STATUS_OK;
}
