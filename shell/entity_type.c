/* entity_type.c
 *
 * A schema object nests: a type, and the schemas of its parts. ksqlDB's own limit of the depth of
 * types bounds the recursion; what is deeper is left out.
 */
#include "shell/entity_type.h"

#include <string.h>

enum { TYPE_DEPTH_MAX = 64 };

static const char *string_of(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static void append(struct buffer *out, const json_t *schema, int depth)
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
        append(out, json_object_get(schema, "memberSchema"), depth + 1);
        buffer_append_byte(out, '>');
    } else if (strcmp(type, "STRUCT") == 0) {
        buffer_append_string(out, "STRUCT<");
        json_array_foreach(json_object_get(schema, "fields"), index, field)
        {
            buffer_printf(out, "%s%s ", index ? ", " : "", string_of(field, "name"));
            append(out, json_object_get(field, "schema"), depth + 1);
        }
        buffer_append_byte(out, '>');
    } else {
        buffer_append_string(out, type);
    }
}

void entity_type_append(struct buffer *out, const json_t *schema)
{
    append(out, schema, 0);
}
