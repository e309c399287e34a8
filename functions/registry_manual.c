/* registry_manual.c
 *
 * DESCRIBE FUNCTION: the manual of a function, read off the same table rows that resolution and
 * evaluation use. The three kinds of rows have the same texts; each becomes one variation.
 */
#include <assert.h>
#include <ctype.h>

#include "functions/overload.h"
#include "functions/registry.h"
#include "functions/table_function.h"

/* The texts of one overload, of whatever kind. */
struct row_texts {
    const char *parameters;
    const char *returns;
    const char *note;
    const char *manual;
};

/* "pos: Where it starts." among the lines of manual; empty when it is not there. */
static struct text find_description(const char *manual, struct text name)
{
    while (manual && *manual) {
        const char *end = strchr(manual, '\n');
        const struct text line = {manual, end ? (size_t)(end - manual) : strlen(manual)};
        if (line.bytes > name.bytes + 1 && text_starts_with(line, name) &&
            line.data[name.bytes] == ':') {
            const size_t skip = name.bytes + (line.data[name.bytes + 1] == ' ' ? 2 : 1);
            return (struct text){line.data + skip, line.bytes - skip};
        }
        manual = end ? end + 1 : NULL;
    }
    return TEXT("");
}

static enum status print_type(const struct parameter_type *type, struct arena *arena,
                              struct text *out, struct diag *diag)
{
    struct buffer buffer;
    buffer_init(&buffer);
    parameter_type_print(type, &buffer);
    enum status status = buffer_status(&buffer, diag);
    if (status == STATUS_OK) {
        *out = arena_text(arena, buffer_text(&buffer));
        status = out->data ? STATUS_OK : diag_no_memory(diag);
    }
    buffer_release(&buffer);
    return status;
}

static enum status describe_row(const struct row_texts *row, struct arena *arena,
                                struct function_variation *out, struct diag *diag)
{
    struct signature *signature = ARENA_NEW(arena, struct signature);
    if (!signature) {
        return diag_no_memory(diag);
    }
    TRY(signature_parse(row->parameters, row->returns, arena, signature, diag));
    struct function_argument_manual *arguments =
        arena_array(arena, signature->parameter_count, sizeof(*arguments));
    if (!arguments) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < signature->parameter_count; i++) {
        const struct parameter *parameter = &signature->parameters[i];
        arguments[i].name = parameter->name;
        arguments[i].is_variadic = parameter->is_variadic;
        arguments[i].description = find_description(row->manual, parameter->name);
        TRY(print_type(parameter->type, arena, &arguments[i].type, diag));
    }
    out->argument_count = signature->parameter_count;
    out->arguments = arguments;
    out->description = text_of(row->note ? row->note : "");
    return print_type(signature->returns, arena, &out->returns, diag);
}

static struct row_texts scalar_texts(const struct function_def *def)
{
    return (struct row_texts){def->parameters, def->returns, def->note, def->manual};
}

static struct row_texts aggregate_texts(const struct aggregate_def *def)
{
    return (struct row_texts){def->parameters, def->returns, NULL, NULL};
}

static struct row_texts table_texts(const struct table_function_def *def)
{
    return (struct row_texts){def->parameters, def->returns, def->note, def->manual};
}

/* All overloads of a name as texts, in arena; count 0 when there is none. */
static enum status collect(const struct function_registry *registry, struct text name,
                           struct arena *arena, struct function_manual *manual,
                           struct row_texts **rows, size_t *count, struct diag *diag)
{
    const struct function_def *scalars = NULL;
    const struct aggregate_def *aggregates = NULL;
    const struct table_function_def *tables = NULL;
    const size_t scalar_count = function_find(registry, name, &scalars);
    const size_t aggregate_count = function_find_aggregate(registry, name, &aggregates);
    const size_t table_count = function_find_table(registry, name, &tables);
    const size_t room = scalar_count + aggregate_count + table_count;
    *rows = arena_array(arena, room, sizeof(**rows));
    if (!*rows) {
        return diag_no_memory(diag);
    }
    *count = 0;
    for (size_t i = 0; i < scalar_count; i++) {
        *manual =
            (struct function_manual){.name = scalars->name,
                                     .kind = FUNCTION_SCALAR,
                                     .category = scalars->category ? scalars->category : "OTHER",
                                     .summary = scalars->summary};
        (*rows)[(*count)++] = scalar_texts(&scalars[i]);
    }
    for (size_t i = 0; i < aggregate_count; i++) {
        *manual = (struct function_manual){
            .name = aggregates->name, .kind = FUNCTION_AGGREGATE, .summary = aggregates->summary};
        (*rows)[(*count)++] = aggregate_texts(&aggregates[i]);
    }
    for (size_t i = 0; i < table_count; i++) {
        *manual = (struct function_manual){
            .name = tables->name, .kind = FUNCTION_TABLE, .summary = tables->summary};
        (*rows)[(*count)++] = table_texts(&tables[i]);
    }
    return STATUS_OK;
}

enum status function_describe(const struct function_registry *registry, struct text name,
                              struct arena *arena, struct function_manual *out, struct diag *diag)
{
    struct function_manual manual = {0};
    struct row_texts *rows = NULL;
    size_t count = 0;
    TRY(collect(registry, name, arena, &manual, &rows, &count, diag));
    if (count == 0) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE,
                         "Can't find any functions with the name '%.*s'", TEXT_ARGS(name));
    }
    struct function_variation *variations = arena_array(arena, count, sizeof(*variations));
    if (!variations) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_row(&rows[i], arena, &variations[i], diag));
    }
    manual.category = manual.category ? manual.category : function_kind_name(manual.kind);
    manual.summary = manual.summary ? manual.summary : "";
    manual.variation_count = (uint32_t)count;
    manual.variations = variations;
    *out = manual;
    return STATUS_OK;
}
