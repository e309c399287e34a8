/* source_upgrade.c
 *
 * CREATE OR REPLACE of what a source is: kind, topic and timestamp stay, keys stay exactly, and
 * value columns may only be added behind the old ones. Source of behaviour: ksqlDB's
 * StructuredDataSource.canUpgradeTo.
 */
#include "planner/planner.h"

static bool serde_equal(const struct serde *a, const struct serde *b)
{
    return a->format == b->format && a->delimiter == b->delimiter &&
           a->is_unwrapped == b->is_unwrapped && a->schema_id == b->schema_id &&
           text_equal(a->full_name, b->full_name) && a->nullable == b->nullable;
}

static bool timestamp_equal(const struct timestamp_spec *a, const struct timestamp_spec *b)
{
    return a->source == b->source && text_equal(a->column, b->column) &&
           text_equal(a->pattern, b->pattern);
}

static bool topic_equal(const struct source *a, const struct source *b)
{
    return text_equal(a->topic, b->topic) && serde_equal(&a->key_serde, &b->key_serde) &&
           serde_equal(&a->value_serde, &b->value_serde) && a->window.kind == b->window.kind &&
           a->window.size_ms == b->window.size_ms;
}

static enum status fail_property(const struct source *old_source, const char *property,
                                 struct text old_value, struct text new_value, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Cannot upgrade data source: DataSource '`%.*s`' has %s = %.*s which is not "
                     "upgradeable to %.*s",
                     TEXT_ARGS(old_source->name), property, TEXT_ARGS(old_value),
                     TEXT_ARGS(new_value));
}

static struct text kind_text(const struct source *source)
{
    return source->is_table ? TEXT("KTABLE") : TEXT("KSTREAM");
}

static struct text timestamp_text(const struct source *source)
{
    return source->timestamp.source == TIMESTAMP_OF_COLUMN ? source->timestamp.column
                                                           : TEXT("Optional.empty");
}

static bool column_equal(const struct schema_column *a, const struct schema_column *b)
{
    return a->role == b->role && text_equal(a->name, b->name) && type_equal(a->type, b->type);
}

/* Lists the columns of old_source from first on that are not at the same place in new_source. */
static uint32_t list_changed(const struct schema *old_schema, const struct schema *new_schema,
                             uint32_t count, struct buffer *out)
{
    uint32_t changed = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct schema_column *column = &old_schema->columns[i];
        if (i < new_schema->column_count && column_equal(column, &new_schema->columns[i])) {
            continue;
        }
        const struct schema one = {1, column};
        buffer_append_string(out, changed++ ? ", " : "");
        schema_print(&one, false, out);
    }
    return changed;
}

static enum status fail_schema(const struct source *old_source, const struct source *new_source,
                               bool are_keys, struct text changed, struct diag *diag)
{
    struct buffer texts[2];
    buffer_init(&texts[0]);
    buffer_init(&texts[1]);
    schema_print(&old_source->schema, false, &texts[0]);
    schema_print(&new_source->schema, false, &texts[1]);
    const enum status status =
        fail_property(old_source, "schema", buffer_text(&texts[0]), buffer_text(&texts[1]), diag);
    diag_append(diag, ". (%sThe following %scolumns are changed, missing or reordered: [%.*s])",
                are_keys ? "Key columns must be identical. " : "", are_keys ? "key " : "",
                TEXT_ARGS(changed));
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return status;
}

static enum status check_schema(const struct source *old_source, const struct source *new_source,
                                struct diag *diag)
{
    const struct schema *old_schema = &old_source->schema;
    const struct schema *new_schema = &new_source->schema;
    const uint32_t old_keys = schema_count(old_schema, COLUMN_KEY);
    const uint32_t new_keys = schema_count(new_schema, COLUMN_KEY);
    enum status status = STATUS_OK;
    struct buffer changed;
    buffer_init(&changed);
    if (list_changed(old_schema, new_schema, old_keys, &changed) > 0) {
        status = fail_schema(old_source, new_source, true, buffer_text(&changed), diag);
    } else if (new_keys > old_keys) {
        list_changed(new_schema, old_schema, new_keys, &changed);
        status = fail_schema(old_source, new_source, true, buffer_text(&changed), diag);
    } else if (list_changed(old_schema, new_schema, old_schema->column_count, &changed) > 0) {
        status = fail_schema(old_source, new_source, false, buffer_text(&changed), diag);
    }
    buffer_release(&changed);
    return status;
}

enum status plan_check_source_upgrade(const struct source *old_source,
                                      const struct source *new_source, struct diag *diag)
{
    if (old_source->is_table != new_source->is_table) {
        return fail_property(old_source, "type", kind_text(old_source), kind_text(new_source),
                             diag);
    }
    if (!topic_equal(old_source, new_source)) {
        return fail_property(old_source, "topic", old_source->topic, new_source->topic, diag);
    }
    if (!timestamp_equal(&old_source->timestamp, &new_source->timestamp)) {
        return fail_property(old_source, "timestamp", timestamp_text(old_source),
                             timestamp_text(new_source), diag);
    }
    return check_schema(old_source, new_source, diag);
}
