/* source_definition.c
 *
 * CREATE STREAM and CREATE TABLE with columns, and the checks that every statement makes
 * before it takes a name. Order matters: the first rule that is broken is the one reported,
 * and it is the order in which ksqlDB's CommandFactories and CreateSourceFactory ask.
 */
#include "planner/source_definition.h"

#include "planner/columns.h"
#include "planner/properties.h"
#include "planner/schema_inference.h"
#include "planner/serde_choice.h"
#include "planner/settings.h"
#include "planner/timestamp_rules.h"
#include "planner/topic_rules.h"

static const char *kind_name(bool is_table)
{
    return is_table ? "table" : "stream";
}

enum status source_check_name(const struct planner *planner, const struct identifier *name,
                              bool is_table, bool is_read_only, bool or_replace)
{
    const struct source *existing =
        planner->catalog->find_source(planner->catalog->context, name->name);
    if (or_replace && (is_read_only || (existing && existing->is_read_only))) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot add %s '%.*s': CREATE OR REPLACE is not supported on source %ss.",
                         kind_name(is_table), TEXT_ARGS(name->name), kind_name(is_table));
    }
    if (or_replace) {
        return setting_require(planner, "ksql.create.or.replace.enabled", name->pos,
                               "The server has disabled CREATE OR REPLACE. To enable it, restart "
                               "your ksqlDB server with 'ksql.create.or.replace.enabled'=true");
    }
    if (!existing) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_CONFLICT, name->pos,
                     "Cannot add %s '%.*s': A %s with the same name already exists",
                     kind_name(is_table), TEXT_ARGS(name->name), kind_name(existing->is_table));
}

static enum status parse_window_kind(const struct planner *planner,
                                     const struct property_value *type, enum window_kind *out)
{
    static const struct {
        const char *name;
        enum window_kind kind;
    } kinds[] = {
        {"TUMBLING", WINDOW_TUMBLING}, {"HOPPING", WINDOW_HOPPING}, {"SESSION", WINDOW_SESSION}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (text_equal_nocase(type->text, text_of(kinds[i].name))) {
            *out = kinds[i].kind;
            return STATUS_OK;
        }
    }
    return diag_fail(planner->diag, STATUS_INVALID, type->pos,
                     "Failed to prepare statement: Configuration WINDOW_TYPE is invalid: Unknown "
                     "window type: '%.*s'",
                     TEXT_ARGS(type->text));
}

static enum status read_window_size(const struct planner *planner,
                                    const struct property_value *size, int64_t *out_ms)
{
    const enum status status = property_parse_duration(size->text, out_ms, planner->diag);
    if (status != STATUS_OK) {
        diag_prefix(planner->diag,
                    "Failed to prepare statement: Configuration WINDOW_SIZE is invalid: ");
        return status;
    }
    if (*out_ms > 0) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, size->pos,
                     "Failed to prepare statement: Configuration WINDOW_SIZE is invalid: the "
                     "size must be greater than 0");
}

/* How the keys in the topic are windowed, from WINDOW_TYPE and WINDOW_SIZE. */
static enum status read_window(const struct planner *planner, const struct properties *properties,
                               struct window_spec *out)
{
    const struct property_value *type = &properties->values[PROPERTY_WINDOW_TYPE];
    const struct property_value *size = &properties->values[PROPERTY_WINDOW_SIZE];
    *out = (struct window_spec){.kind = WINDOW_NONE};
    if (size->is_set) {
        TRY(read_window_size(planner, size, &out->size_ms));
    }
    if (!type->is_set) {
        out->size_ms = 0;
        return STATUS_OK;
    }
    TRY(parse_window_kind(planner, type, &out->kind));
    if (out->kind == WINDOW_SESSION && size->is_set) {
        return diag_fail(planner->diag, STATUS_INVALID, size->pos,
                         "'WINDOW_SIZE' should not be set for SESSION windows.");
    }
    if (out->kind != WINDOW_SESSION && !size->is_set) {
        return diag_fail(planner->diag, STATUS_INVALID, type->pos,
                         "%s windows require 'WINDOW_SIZE' to be provided in the WITH clause. "
                         "For example: 'WINDOW_SIZE'='10 SECONDS'",
                         out->kind == WINDOW_TUMBLING ? "TUMBLING" : "HOPPING");
    }
    out->advance_ms = out->kind == WINDOW_TUMBLING ? out->size_ms : 0;
    return STATUS_OK;
}

/* A side whose columns are listed does not take them from the schema registry too. */
static enum status check_elements(const struct planner *planner,
                                  const struct create_source_statement *statement,
                                  const struct properties *properties, const struct schema *schema)
{
    static const struct {
        enum property_id id;
        enum column_role role;
    } sides[] = {{PROPERTY_KEY_SCHEMA_ID, COLUMN_KEY}, {PROPERTY_VALUE_SCHEMA_ID, COLUMN_VALUE}};
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        if (properties->values[sides[i].id].is_set && schema_count(schema, sides[i].role) > 0) {
            return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                             "Table elements and %s cannot both exist for create statement.",
                             property_name(sides[i].id));
        }
    }
    return STATUS_OK;
}

static enum status check_columns(const struct planner *planner,
                                 const struct create_source_statement *statement,
                                 const struct schema *schema, const struct window_spec *window)
{
    const bool has_keys = schema_count(schema, COLUMN_KEY) > 0;
    if (schema->column_count == 0) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "The statement does not define any columns. No columns supplied.");
    }
    if (statement->kind == AST_SOURCE_TABLE && !has_keys) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "Tables require a PRIMARY KEY. Please define the PRIMARY KEY.");
    }
    if (window->kind != WINDOW_NONE && !has_keys) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "Windowed sources require a key column.");
    }
    return STATUS_OK;
}

static bool copy_name(struct arena *arena, struct text *text)
{
    if (!text->data) {
        return true;
    }
    *text = arena_text(arena, *text);
    return text->data != NULL;
}

enum status plan_create_source(const struct planner *planner,
                               const struct create_source_statement *statement,
                               struct source_definition *out)
{
    struct properties properties;
    struct topic_choice topic;
    struct source source = {
        .is_table = statement->kind == AST_SOURCE_TABLE,
        .is_read_only = statement->is_read_only,
        .is_materialized = statement->is_read_only && statement->kind == AST_SOURCE_TABLE,
    };
    if (source.is_materialized) {
        TRY(setting_require(planner, "ksql.source.table.materialization.enabled",
                            statement->name.pos,
                            "Cannot execute command because source table materialization is "
                            "disabled."));
    }
    TRY(properties_read(&statement->properties, CLAUSE_CREATE, &properties, planner->diag));
    TRY(columns_resolve(planner, &statement->columns, source.is_table, &source.schema));
    TRY(read_window(planner, &properties, &source.window));
    TRY(check_elements(planner, statement, &properties, &source.schema));
    TRY(schema_infer_columns(planner, statement, &properties, &source.schema));
    TRY(serde_choose_for_create(planner, &properties, statement->name.name, &source.schema,
                                &source.key_serde, &source.value_serde));
    TRY(check_columns(planner, statement, &source.schema, &source.window));
    TRY(timestamp_choose(planner, &properties, &source.schema, &source.timestamp));
    TRY(topic_choose_for_create(planner, &properties, statement, source.window.kind != WINDOW_NONE,
                                &topic));
    if (!statement->if_not_exists) {
        TRY(source_check_name(planner, &statement->name, source.is_table, source.is_read_only,
                              statement->or_replace));
    }
    source.name = statement->name.name;
    source.topic = topic.topic;
    if (!copy_name(planner->arena, &source.name) || !copy_name(planner->arena, &source.topic) ||
        !copy_name(planner->arena, &source.timestamp.pattern)) {
        return diag_no_memory(planner->diag);
    }
    *out = (struct source_definition){source, topic.partition_count, topic.retention_ms};
    return STATUS_OK;
}
