/* shell_describe.c
 *
 * Name, fields with their types, and, of DESCRIBE .. EXTENDED, formats, topic, statement and the
 * queries that read and write. A type is printed from the schema object of the REST API, which
 * nests; ksqlDB's own depth limit of types bounds the recursion.
 */
#include "shell/shell_describe.h"

#include <string.h>

#include "base/buffer.h"
#include "shell/shell_width.h"

enum { TYPE_DEPTH_MAX = 64 };

static const char *string_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static void append_type(struct buffer *out, const json_t *schema, int depth)
{
    const char *type = string_of(schema, "type");
    size_t index = 0;
    const json_t *field = NULL;
    if (depth > TYPE_DEPTH_MAX) {
        return;
    }
    if (strcmp(type, "STRING") == 0) {
        buffer_append_string(out, depth == 0 ? "VARCHAR(STRING)" : "VARCHAR");
    } else if (strcmp(type, "DECIMAL") == 0) {
        const json_t *parameters = json_object_get(schema, "parameters");
        buffer_printf(out, "DECIMAL(%lld, %lld)",
                      json_integer_value(json_object_get(parameters, "precision")),
                      json_integer_value(json_object_get(parameters, "scale")));
    } else if (strcmp(type, "ARRAY") == 0 || strcmp(type, "MAP") == 0) {
        buffer_printf(out, "%s<%s", type, type[0] == 'M' ? "VARCHAR, " : "");
        append_type(out, json_object_get(schema, "memberSchema"), depth + 1);
        buffer_append_byte(out, '>');
    } else if (strcmp(type, "STRUCT") == 0) {
        buffer_append_string(out, "STRUCT<");
        json_array_foreach(json_object_get(schema, "fields"), index, field)
        {
            buffer_printf(out, "%s%s ", index ? ", " : "", string_of(field, "name"));
            append_type(out, json_object_get(field, "schema"), depth + 1);
        }
        buffer_append_byte(out, '>');
    } else {
        buffer_append_string(out, type);
    }
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

static void write_fields(FILE *out, const json_t *source)
{
    static const char rule[] = "----------------------------------------";
    const json_t *fields = json_object_get(source, "fields");
    const bool is_table = strcmp(string_of(source, "type"), "TABLE") == 0;
    size_t width = strlen("Field");
    size_t index = 0;
    const json_t *field = NULL;
    json_array_foreach(fields, index, field)
    {
        const size_t cells = shell_width(text_of(string_of(field, "name")));
        width = cells > width ? cells : width;
    }
    (void)fprintf(out, " %-*s | Type\n%s\n", (int)width, "Field", rule);
    json_array_foreach(fields, index, field)
    {
        struct buffer type;
        const char *name = string_of(field, "name");
        buffer_init(&type);
        append_type(&type, json_object_get(field, "schema"), 0);
        append_role(&type, field, is_table);
        (void)fprintf(out, " %s%*s | %.*s\n", name, (int)(width - shell_width(text_of(name))), "",
                      TEXT_ARGS(buffer_text(&type)));
        buffer_release(&type);
    }
    (void)fprintf(out, "%s\n", rule);
}

static void write_queries(FILE *out, const json_t *queries, const char *title)
{
    size_t index = 0;
    const json_t *query = NULL;
    if (json_array_size(queries) == 0) {
        return;
    }
    (void)fprintf(out, "\n%s\n-----------------------------------\n", title);
    json_array_foreach(queries, index, query)
    {
        (void)fprintf(out, "%s: %s\n", string_of(query, "id"), string_of(query, "queryString"));
    }
}

static void write_extended(FILE *out, const json_t *source)
{
    static const struct {
        const char *title;
        const char *member;
    } lines[] = {
        {"Type", "type"},
        {"Timestamp field", "timestamp"},
        {"Key format", "keyFormat"},
        {"Value format", "valueFormat"},
        {"Kafka topic", "topic"},
        {"Statement", "statement"},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *value = string_of(source, lines[i].member);
        (void)fprintf(out, "%-20s : %s\n", lines[i].title, value[0] ? value : "Not set");
    }
}

static void write_source(FILE *out, const json_t *source)
{
    const bool is_extended = json_is_true(json_object_get(source, "extended"));
    (void)fprintf(out, "\n%-20s : %s\n", "Name", string_of(source, "name"));
    if (is_extended) {
        write_extended(out, source);
        (void)fputc('\n', out);
    }
    write_fields(out, source);
    if (!is_extended) {
        (void)fputs("For runtime statistics and query details run: DESCRIBE <Stream,Table> "
                    "EXTENDED;\n",
                    out);
        return;
    }
    write_queries(out, json_object_get(source, "readQueries"),
                  "Queries that read from this source");
    write_queries(out, json_object_get(source, "writeQueries"),
                  "Queries that write from this source");
    const char *statistics = string_of(source, "statistics");
    if (statistics[0]) {
        (void)fprintf(out, "\nLocal runtime statistics\n------------------------\n%s\n",
                      statistics);
    }
}

static void write_function(FILE *out, const json_t *function)
{
    size_t index = 0;
    size_t at = 0;
    const json_t *variant = NULL;
    const json_t *argument = NULL;
    (void)fprintf(out, "\n%-12s: %s\n", "Name", string_of(function, "name"));
    (void)fprintf(out, "%-12s: %s\n", "Overview", string_of(function, "description"));
    (void)fprintf(out, "%-12s: %s\n", "Type", string_of(function, "type"));
    json_array_foreach(json_object_get(function, "functions"), index, variant)
    {
        (void)fprintf(out, "\n\t%-12s: %s(", "Variation", string_of(function, "name"));
        json_array_foreach(json_object_get(variant, "arguments"), at, argument)
        {
            const bool is_variadic = json_is_true(json_object_get(argument, "isVariadic"));
            (void)fprintf(out, "%s%s%s %s", at ? ", " : "", string_of(argument, "name"),
                          is_variadic ? "[]" : "", string_of(argument, "type"));
        }
        (void)fprintf(out, ")\n\t%-12s: %s\n\t%-12s: %s\n", "Returns",
                      string_of(variant, "returnType"), "Description",
                      string_of(variant, "description"));
    }
}

bool shell_describe_write(FILE *out, const json_t *entity)
{
    const char *type = string_of(entity, "@type");
    size_t index = 0;
    const json_t *source = NULL;
    if (strcmp(type, "sourceDescription") == 0) {
        write_source(out, json_object_get(entity, "sourceDescription"));
        return true;
    }
    if (strcmp(type, "source_descriptions") == 0) {
        json_array_foreach(json_object_get(entity, "sourceDescriptions"), index, source)
        {
            write_source(out, source);
        }
        return true;
    }
    if (strcmp(type, "describe_function") == 0) {
        write_function(out, entity);
        return true;
    }
    return false;
}
