/* entity_describe.c
 *
 * Lines of "Title : value", a table of the fields, and, of DESCRIBE .. EXTENDED and EXPLAIN, the
 * queries around a source, its statistics and where its consumers stand. Which lines belong to
 * which description stands in tables.
 */
#include "shell/entity_describe.h"

#include <string.h>

#include "shell/entity_type.h"
#include "shell/text_table.h"

/* What the writers share. */
struct description {
    struct buffer *out;
    const struct entity_look *look;
    struct diag *diag;
};

struct line {
    const char *title;
    const char *member;
    const char *absent; /* shown in place of an empty value */
};

static const char *string_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static long long number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* A heading with a line of dashes below; rule 0: as long as the heading. */
static void append_heading(struct buffer *out, const char *heading, size_t rule)
{
    buffer_printf(out, "\n%s\n", heading);
    for (size_t i = 0; i < (rule ? rule : strlen(heading)); i++) {
        buffer_append_byte(out, '-');
    }
    buffer_append_byte(out, '\n');
}

static void append_lines(struct buffer *out, const json_t *object, const struct line *lines,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = string_of(object, lines[i].member);
        buffer_printf(out, "%-20s : %s\n", lines[i].title, value[0] ? value : lines[i].absent);
    }
}

/* --- Tables ----------------------------------------------------------------------------------- */

static enum status begin_table(const struct description *self, struct text_table *table,
                               const char *const *titles, size_t count)
{
    struct text_column columns[8] = {{.width_min = 0}};
    text_table_init(table, self->look->width_max, self->out);
    table->style = TEXT_TABLE_LIST;
    table->is_wrapping = !self->look->is_cutting;
    for (size_t i = 0; i < count; i++) {
        columns[i].name = text_of(titles[i]);
    }
    return text_table_set_columns(table, columns, count, self->diag);
}

static void append_role(struct buffer *out, const json_t *field, bool is_table)
{
    const char *role = string_of(field, "type");
    const char *header_key = json_string_value(json_object_get(field, "headerKey"));
    if (strcmp(role, "KEY") == 0) {
        buffer_append_string(out, is_table ? " (primary key)" : " (key)");
    } else if (strcmp(role, "HEADER") == 0 && header_key) {
        buffer_printf(out, " (header('%s'))", header_key);
    } else if (strcmp(role, "HEADER") == 0) {
        buffer_append_string(out, " (headers)");
    }
}

static void append_window(struct buffer *out, const json_t *field, const char *window)
{
    if (strcmp(string_of(field, "type"), "KEY") == 0 && window[0]) {
        buffer_printf(out, " (Window type: %s)", window);
    }
}

static enum status add_field(const struct description *self, struct text_table *table,
                             const json_t *field, bool is_table, const char *window)
{
    struct buffer type;
    buffer_init(&type);
    entity_type_append(&type, json_object_get(field, "schema"));
    append_role(&type, field, is_table);
    append_window(&type, field, window);
    enum status status = buffer_status(&type, self->diag);
    if (status == STATUS_OK) {
        const struct text cells[] = {text_of(string_of(field, "name")), buffer_text(&type)};
        status = text_table_add(table, cells, self->diag);
    }
    buffer_release(&type);
    return status;
}

static enum status append_fields(const struct description *self, const json_t *object,
                                 bool is_table)
{
    static const char *const titles[] = {"Field", "Type"};
    struct text_table table;
    size_t index = 0;
    const json_t *field = NULL;
    enum status status = begin_table(self, &table, titles, 2);
    json_array_foreach(json_object_get(object, "fields"), index, field)
    {
        if (status == STATUS_OK) {
            status = add_field(self, &table, field, is_table, string_of(object, "windowType"));
        }
    }
    if (status == STATUS_OK) {
        text_table_finish(&table);
    }
    text_table_release(&table);
    return status;
}

/* --- Where consumers stand -------------------------------------------------------------------- */

static enum status add_offsets(const struct description *self, struct text_table *table,
                               const json_t *offsets)
{
    const long long values[] = {
        number_of(offsets, "partition"), number_of(offsets, "logStartOffset"),
        number_of(offsets, "logEndOffset"), number_of(offsets, "consumerOffset"),
        number_of(offsets, "logEndOffset") - number_of(offsets, "consumerOffset")};
    enum { COUNT = sizeof(values) / sizeof(values[0]) };
    char digits[COUNT][24];
    struct text cells[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        const int bytes = snprintf(digits[i], sizeof(digits[i]), "%lld", values[i]);
        cells[i] = (struct text){digits[i], (size_t)bytes};
    }
    return text_table_add(table, cells, self->diag);
}

static enum status append_topic_offsets(const struct description *self, const json_t *topic)
{
    static const char *const titles[] = {"Partition", "Start Offset", "End Offset", "Offset",
                                         "Lag"};
    struct text_table table;
    size_t index = 0;
    const json_t *offsets = NULL;
    buffer_printf(self->out, "\n%-20s : %s\n", "Kafka topic", string_of(topic, "kafkaTopic"));
    enum status status = begin_table(self, &table, titles, 5);
    json_array_foreach(json_object_get(topic, "offsets"), index, offsets)
    {
        if (status == STATUS_OK) {
            status = add_offsets(self, &table, offsets);
        }
    }
    if (status == STATUS_OK) {
        text_table_finish(&table);
    }
    text_table_release(&table);
    return status;
}

static enum status append_consumers(const struct description *self, const json_t *source)
{
    const json_t *summaries = json_object_get(source, "queryOffsetSummaries");
    size_t index = 0;
    size_t at = 0;
    const json_t *summary = NULL;
    const json_t *topic = NULL;
    if (json_array_size(summaries) > 0) {
        buffer_append_string(self->out, "\nConsumer Groups summary:\n");
    }
    json_array_foreach(summaries, index, summary)
    {
        buffer_printf(self->out, "\n%-20s : %s\n", "Consumer Group",
                      string_of(summary, "groupId"));
        json_array_foreach(json_object_get(summary, "topicSummaries"), at, topic)
        {
            TRY(append_topic_offsets(self, topic));
        }
    }
    return STATUS_OK;
}

/* --- Sources ---------------------------------------------------------------------------------- */

static void append_queries(struct buffer *out, const json_t *queries, const char *what,
                           const char *kind)
{
    char heading[64];
    size_t index = 0;
    const json_t *query = NULL;
    if (json_array_size(queries) == 0) {
        return;
    }
    (void)snprintf(heading, sizeof(heading), "Queries that %s from this %s", what, kind);
    append_heading(out, heading, 35);
    json_array_foreach(queries, index, query)
    {
        buffer_printf(out, "%s (%s) : %s\n", string_of(query, "id"), string_of(query, "state"),
                      string_of(query, "queryString"));
    }
    buffer_append_string(out,
                         "\nFor query topology and execution plan please run: EXPLAIN <QueryId>\n");
}

static void append_names(struct buffer *out, const json_t *names, const char *heading, size_t rule)
{
    size_t index = 0;
    const json_t *name = NULL;
    if (json_array_size(names) == 0) {
        return;
    }
    append_heading(out, heading, rule);
    json_array_foreach(names, index, name)
    {
        buffer_printf(out, "%s\n", json_is_string(name) ? json_string_value(name) : "");
    }
}

static void append_statistics(struct buffer *out, const json_t *source)
{
    append_heading(out, "Local runtime statistics", 0);
    buffer_printf(out, "%s%s(Statistics of the local KSQL server interaction with the Kafka topic "
                  "%s)\n", string_of(source, "statistics"), string_of(source, "errorStats"),
                  string_of(source, "topic"));
}

static void append_source_lines(struct buffer *out, const json_t *source)
{
    static const struct line lines[] = {
        {"Type", "type", ""},
        {"Timestamp field", "timestamp", "Not set - using <ROWTIME>"},
        {"Key format", "keyFormat", ""},
        {"Value format", "valueFormat", ""},
    };
    append_lines(out, source, lines, sizeof(lines) / sizeof(lines[0]));
    buffer_printf(out, "%-20s : %s (partitions: %lld, replication: %lld)\n", "Kafka topic",
                  string_of(source, "topic"), number_of(source, "partitions"),
                  number_of(source, "replication"));
    buffer_printf(out, "%-20s : %s\n\n", "Statement", string_of(source, "statement"));
}

static enum status append_source(const struct description *self, const json_t *source)
{
    struct buffer *out = self->out;
    const char *kind = string_of(source, "type");
    const bool is_table = strcmp(kind, "TABLE") == 0;
    buffer_printf(out, "\n%-20s : %s\n", "Name", string_of(source, "name"));
    if (!json_is_true(json_object_get(source, "extended"))) {
        TRY(append_fields(self, source, is_table));
        buffer_append_string(out, "For runtime statistics and query details run: DESCRIBE "
                                  "<Stream,Table> EXTENDED;\n");
        return STATUS_OK;
    }
    append_source_lines(out, source);
    TRY(append_fields(self, source, is_table));
    append_names(out, json_object_get(source, "sourceConstraints"),
                 "Sources that have a DROP constraint on this source", 0);
    append_queries(out, json_object_get(source, "readQueries"), "read", kind);
    append_queries(out, json_object_get(source, "writeQueries"), "write", kind);
    append_statistics(out, source);
    return append_consumers(self, source);
}

/* --- Queries ---------------------------------------------------------------------------------- */

static void append_hosts(struct buffer *out, const json_t *hosts)
{
    size_t count = 0;
    const char *host = NULL;
    json_t *state = NULL;
    buffer_printf(out, "%-20s : ", "Host Query Status");
    json_object_foreach((json_t *)hosts, host, state)
    {
        buffer_printf(out, "%s%s=%s", count++ ? ", " : "", host,
                      json_is_string(state) ? json_string_value(state) : "");
    }
    buffer_append_byte(out, '\n');
}

static void append_overrides(struct buffer *out, const json_t *overrides)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (json_object_size(overrides) == 0) {
        return;
    }
    append_heading(out, "Overridden Properties", 0);
    json_object_foreach((json_t *)overrides, name, value)
    {
        buffer_printf(out, "%s : %s\n", name,
                      json_is_string(value) ? json_string_value(value) : "");
    }
}

static void append_errors(struct buffer *out, const json_t *errors)
{
    size_t index = 0;
    const json_t *error = NULL;
    if (json_array_size(errors) == 0) {
        return;
    }
    append_heading(out, "Error Messages", 0);
    json_array_foreach(errors, index, error)
    {
        buffer_printf(out, "%s: %s\n", string_of(error, "type"), string_of(error, "errorMessage"));
    }
}

static enum status append_query(const struct description *self, const json_t *query)
{
    static const struct line lines[] = {
        {"ID", "id", ""},
        {"Query Type", "queryType", ""},
        {"SQL", "statementText", ""},
    };
    struct buffer *out = self->out;
    buffer_append_byte(out, '\n');
    append_lines(out, query, lines, sizeof(lines) / sizeof(lines[0]));
    append_hosts(out, json_object_get(query, "ksqlHostQueryStatus"));
    buffer_append_byte(out, '\n');
    TRY(append_fields(self, query, false));
    append_names(out, json_object_get(query, "sources"), "Sources that this query reads from:", 0);
    append_names(out, json_object_get(query, "sinks"), "Sinks that this query writes to:", 0);
    append_heading(out, "Execution plan", 0);
    buffer_append_string(out, string_of(query, "executionPlan"));
    append_heading(out, "Processing topology", 0);
    buffer_append_string(out, string_of(query, "topology"));
    append_overrides(out, json_object_get(query, "overriddenProperties"));
    append_errors(out, json_object_get(query, "queryErrors"));
    return STATUS_OK;
}

/* --- Functions -------------------------------------------------------------------------------- */

static void append_variant(struct buffer *out, const json_t *variant, const char *name)
{
    size_t index = 0;
    const json_t *argument = NULL;
    const json_t *arguments = json_object_get(variant, "arguments");
    buffer_printf(out, "\n\t%-12s: %s(", "Variation", name);
    json_array_foreach(arguments, index, argument)
    {
        const bool is_variadic = json_is_true(json_object_get(argument, "isVariadic"));
        buffer_printf(out, "%s%s %s%s", index ? ", " : "", string_of(argument, "name"),
                      string_of(argument, "type"), is_variadic ? "[]" : "");
    }
    buffer_printf(out, ")\n\t%-12s: %s\n", "Returns", string_of(variant, "returnType"));
    if (string_of(variant, "description")[0]) {
        buffer_printf(out, "\t%-12s: %s\n", "Description", string_of(variant, "description"));
    }
    json_array_foreach(arguments, index, argument)
    {
        if (string_of(argument, "description")[0]) {
            buffer_printf(out, "\t%-12s: %s\n", string_of(argument, "name"),
                          string_of(argument, "description"));
        }
    }
}

static enum status append_function(const struct description *self, const json_t *function)
{
    static const struct line lines[] = {
        {"Name", "name", ""},
        {"Author", "author", ""},
        {"Version", "version", ""},
        {"Overview", "description", ""},
        {"Type", "type", ""},
        {"Jar", "path", ""},
    };
    size_t index = 0;
    const json_t *variant = NULL;
    buffer_append_byte(self->out, '\n');
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *value = string_of(function, lines[i].member);
        if (value[0]) {
            buffer_printf(self->out, "%-12s: %s\n", lines[i].title, value);
        }
    }
    buffer_append_string(self->out, "Variations  :\n");
    json_array_foreach(json_object_get(function, "functions"), index, variant)
    {
        append_variant(self->out, variant, string_of(function, "name"));
    }
    return STATUS_OK;
}

/* --- The public face -------------------------------------------------------------------------- */

static const struct kind {
    const char *type;   /* @type of the entity */
    const char *member; /* of what is described: an object or an array; NULL: the entity itself */
    enum status (*append)(const struct description *self, const json_t *object);
} kinds[] = {
    {"sourceDescription", "sourceDescription", append_source},
    {"source_descriptions", "sourceDescriptions", append_source},
    {"queryDescription", "queryDescription", append_query},
    {"query_descriptions", "queryDescriptions", append_query},
    {"describe_function", NULL, append_function},
};

static const struct kind *find_kind(const json_t *entity)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(string_of(entity, "@type"), kinds[i].type) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

bool entity_describe_knows(const json_t *entity)
{
    return find_kind(entity) != NULL;
}

enum status entity_describe_append(struct buffer *out, const json_t *entity,
                                   const struct entity_look *look, struct diag *diag)
{
    const struct description self = {out, look, diag};
    const struct kind *kind = find_kind(entity);
    const json_t *object = kind->member ? json_object_get(entity, kind->member) : entity;
    size_t index = 0;
    const json_t *item = NULL;
    if (!json_is_array(object)) {
        return kind->append(&self, object);
    }
    json_array_foreach(object, index, item)
    {
        TRY(kind->append(&self, item));
    }
    return STATUS_OK;
}
