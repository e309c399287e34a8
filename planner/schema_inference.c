/* schema_inference.c
 *
 * A side is inferred when the statement lists no column of it and its format keeps schemas in the
 * registry. Keys are read as one bare value wherever the format has such; values only when
 * WRAP_SINGLE_VALUE says so. Names become upper case, because SQL names without quotes are; a
 * schema asked for by id keeps its own spelling, because rows will be written with it too.
 */
#include "planner/schema_inference.h"

#include "base/bounds.h"
#include "planner/names.h"
#include "planner/serde_choice.h"

struct side {
    enum format_side side;
    enum column_role role;
    enum property_id schema_id;
    enum property_id full_name;
    const char *name; /* in messages */
};

static const struct side key_side = {FORMAT_KEY, COLUMN_KEY, PROPERTY_KEY_SCHEMA_ID,
                                     PROPERTY_KEY_SCHEMA_FULL_NAME, "key"};
static const struct side value_side = {FORMAT_VALUE, COLUMN_VALUE, PROPERTY_VALUE_SCHEMA_ID,
                                       PROPERTY_VALUE_SCHEMA_FULL_NAME, "value"};

static enum status ask(const struct planner *planner, const struct schema_question *question,
                       const struct type_field **out, uint32_t *out_count)
{
    const struct catalog *catalog = planner->catalog;
    if (!catalog->infer_columns) {
        return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                         "there is no schema registry to take columns from");
    }
    return catalog->infer_columns(catalog->context, question, planner->arena, out, out_count,
                                  planner->diag);
}

static struct schema_question question_of(const struct properties *properties,
                                          const struct side *side, struct text topic,
                                          enum format_kind format)
{
    const struct property_value *id = &properties->values[side->schema_id];
    const struct property_value *wrap = &properties->values[PROPERTY_WRAP_SINGLE_VALUE];
    const bool is_key = side->side == FORMAT_KEY;
    return (struct schema_question){
        .topic = topic,
        .side = side->side,
        .format = format,
        .is_unwrapped =
            format_info(format)->can_unwrap && (is_key || (wrap->is_set && !wrap->boolean)),
        .id = id->is_set ? (uint32_t)id->number : 0,
        .full_name = properties->values[side->full_name].text,
    };
}

/* --- CREATE --------------------------------------------------------------------------------- */

static enum status check_single_key(const struct planner *planner, struct text topic,
                                    uint32_t count)
{
    if (count <= 1) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                     "The key schema for topic: %.*s contains multiple columns, which is not "
                     "supported by ksqlDB at this time.",
                     TEXT_ARGS(topic));
}

/* The columns of one role: those of schema, or else inferred ones; appended to columns. */
static enum status take_side(const struct planner *planner, const struct schema *schema,
                             const struct side *side, const struct schema_question *question,
                             struct schema_column *columns, uint32_t *count)
{
    const struct type_field *fields = NULL;
    uint32_t field_count = 0;
    if (!question) {
        for (uint32_t i = 0; i < schema->column_count; i++) {
            if (schema->columns[i].role == side->role) {
                columns[(*count)++] = schema->columns[i];
            }
        }
        return STATUS_OK;
    }
    TRY(ask(planner, question, &fields, &field_count));
    if (side->side == FORMAT_KEY) {
        TRY(check_single_key(planner, question->topic, field_count));
    }
    for (uint32_t i = 0; i < field_count && *count < COLUMN_COUNT_MAX; i++) {
        columns[(*count)++] = (struct schema_column){
            .name = fields[i].name, .type = fields[i].type, .role = side->role};
    }
    return STATUS_OK;
}

static enum status check_names(const struct planner *planner, const struct schema *schema)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct text name = schema->columns[i].name;
        if (pseudo_find(name)) {
            return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                             "'%.*s' is a reserved column name. You cannot use it as a name for a "
                             "column.",
                             TEXT_ARGS(name));
        }
        if (schema_find(schema, name) != (int)i) {
            return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                             "Duplicate column names: %.*s", TEXT_ARGS(name));
        }
    }
    return STATUS_OK;
}

static bool is_inferred(const struct properties *properties, const struct schema *schema,
                        const struct side *side, enum format_kind format)
{
    return format_info(format)->uses_registry &&
           (properties->values[side->schema_id].is_set || schema_count(schema, side->role) == 0);
}

enum status schema_infer_columns(const struct planner *planner,
                                 const struct create_source_statement *statement,
                                 const struct properties *properties, struct schema *schema)
{
    const struct property_value *topic_value = &properties->values[PROPERTY_KAFKA_TOPIC];
    const struct text topic = topic_value->is_set ? topic_value->text : statement->name.name;
    const struct side *sides[] = {&key_side, &value_side};
    enum format_kind formats[2];
    bool inferred[2];
    TRY(serde_formats_for_create(planner, properties, &formats[0], &formats[1]));
    for (size_t i = 0; i < 2; i++) {
        inferred[i] = is_inferred(properties, schema, sides[i], formats[i]);
    }
    if (!inferred[0] && !inferred[1]) {
        return STATUS_OK;
    }
    struct schema_column *columns =
        arena_array(planner->arena, schema->column_count + COLUMN_COUNT_MAX, sizeof(*columns));
    struct schema result = {.columns = columns};
    if (!columns) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < 2; i++) {
        const struct schema_question question =
            question_of(properties, sides[i], topic, formats[i]);
        TRY(take_side(planner, schema, sides[i], inferred[i] ? &question : NULL, columns,
                      &result.column_count));
    }
    const struct side headers = {.role = COLUMN_HEADERS};
    TRY(take_side(planner, schema, &headers, NULL, columns, &result.column_count));
    *schema = result;
    return check_names(planner, schema);
}

/* --- CREATE .. AS --------------------------------------------------------------------------- */

static void print_column(struct buffer *out, struct text name, const struct type *type,
                         bool *is_first)
{
    buffer_append_string(out, *is_first ? "" : ", ");
    type_print_name(name, out);
    buffer_append_byte(out, ' ');
    type_print(type, out);
    *is_first = false;
}

/* Which columns of the role are not at their place among fields; empty when all are. */
static void print_changed(struct buffer *out, const struct schema *schema, enum column_role role,
                          const struct type_field *fields, uint32_t field_count)
{
    uint32_t at = 0;
    bool is_first = true;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct schema_column *column = &schema->columns[i];
        if (column->role != role) {
            continue;
        }
        if (at >= field_count || !text_equal(column->name, fields[at].name) ||
            !type_equal(column->type, fields[at].type)) {
            print_column(out, column->name, column->type, &is_first);
        }
        at++;
    }
}

static enum status check_side(const struct planner *planner, const struct properties *properties,
                              const struct source *sink, const struct side *side)
{
    const struct serde *serde = side->side == FORMAT_KEY ? &sink->key_serde : &sink->value_serde;
    const struct type_field *fields = NULL;
    uint32_t count = 0;
    if (!properties->values[side->schema_id].is_set) {
        return STATUS_OK;
    }
    const struct schema_question question =
        question_of(properties, side, sink->topic, serde->format);
    TRY(ask(planner, &question, &fields, &count));
    struct buffer changed;
    struct buffer registered;
    bool is_first = true;
    buffer_init(&changed);
    buffer_init(&registered);
    print_changed(&changed, &sink->schema, side->role, fields, count);
    for (uint32_t i = 0; i < count; i++) {
        print_column(&registered, fields[i].name, fields[i].type, &is_first);
    }
    enum status status = STATUS_OK;
    if (changed.bytes > 0) {
        status = diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                           "The following %s columns are changed, missing or reordered: [%.*s]. "
                           "Schema from schema registry is [%.*s]",
                           side->name, TEXT_ARGS(buffer_text(&changed)),
                           TEXT_ARGS(buffer_text(&registered)));
    }
    buffer_release(&changed);
    buffer_release(&registered);
    return status;
}

enum status schema_check_ids(const struct planner *planner, const struct properties *properties,
                             const struct source *sink)
{
    TRY(check_side(planner, properties, sink, &key_side));
    return check_side(planner, properties, sink, &value_side);
}
