/* type_descriptor.c
 *
 * The engine gives descriptions of sources as documents; the header of a WebSocket's rows needs the
 * same shape for types that no source has, so it is printed here. It recurses as deep as the
 * type is nested, which the parser bounds.
 */
#include "server/type_descriptor.h"

#include "formats/json_value.h"

static void write_fields(const struct type *type, struct buffer *out)
{
    if (type->kind != TYPE_STRUCT) {
        buffer_append_string(out, "null");
        return;
    }
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < type->field_count; i++) {
        buffer_append_string(out, i ? ",{\"name\":" : "{\"name\":");
        json_write_text(out, type->fields[i].name);
        buffer_append_string(out, ",\"schema\":");
        type_descriptor_write(type->fields[i].type, out);
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

void type_descriptor_write(const struct type *type, struct buffer *out)
{
    buffer_printf(out, "{\"type\":\"%s\",\"fields\":", type_kind_name(type->kind));
    write_fields(type, out);
    buffer_append_string(out, ",\"memberSchema\":");
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        type_descriptor_write(type->element, out);
    } else {
        buffer_append_string(out, "null");
    }
    if (type->kind == TYPE_DECIMAL) {
        buffer_printf(out, ",\"parameters\":{\"precision\":%u,\"scale\":%u}", type->precision,
                      type->scale);
    }
    buffer_append_byte(out, '}');
}
