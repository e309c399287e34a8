/* entity_text.c
 *
 * Asks in turn who knows the entity: lists (entity_list.c), descriptions (entity_describe.c), a
 * message. What nobody knows is shown as it is, so that nothing a server says is lost.
 */
#include "shell/entity_text.h"

#include <stdlib.h>

#include "shell/entity_describe.h"
#include "shell/entity_list.h"

static const char *message_of(const json_t *entity)
{
    const json_t *status = json_object_get(entity, "commandStatus");
    return json_string_value(json_object_get(status ? status : entity, "message"));
}

static void append_json(struct buffer *out, const json_t *json, size_t flags)
{
    char *dump = json_dumps(json, flags | JSON_ENCODE_ANY);
    buffer_append_string(out, dump ? dump : "");
    buffer_append_byte(out, '\n');
    free(dump); /* jansson's own allocation */
}

static void append_warnings(struct buffer *out, const json_t *entity)
{
    size_t index = 0;
    const json_t *warning = NULL;
    json_array_foreach(json_object_get(entity, "warnings"), index, warning)
    {
        const char *message = json_string_value(json_object_get(warning, "message"));
        buffer_printf(out, "WARNING: %s\n", message ? message : "");
    }
}

/* ASSERT's answers say in members what ksqlDB's CLI says in words. */
static bool append_assertion(struct buffer *out, const json_t *entity)
{
    const char *topic = json_string_value(json_object_get(entity, "topicName"));
    const json_t *exists = json_object_get(entity, "exists");
    if (topic && exists) {
        buffer_printf(out, "Topic %s %s.\n", topic,
                      json_is_true(exists) ? "exists" : "does not exist");
    }
    return topic && exists;
}

enum status entity_text_append(struct buffer *out, const json_t *entity,
                               const struct entity_look *look, struct diag *diag)
{
    const char *message = message_of(entity);
    if (entity_list_find(entity)) {
        TRY(entity_list_append(out, entity, look, diag));
    } else if (entity_describe_knows(entity)) {
        TRY(entity_describe_append(out, entity, look, diag));
    } else if (message) {
        buffer_printf(out, "%s\n", message);
    } else if (!append_assertion(out, entity)) {
        append_json(out, entity, JSON_INDENT(2));
    }
    append_warnings(out, entity);
    return buffer_status(out, diag);
}

enum status entity_json_append(struct buffer *out, const json_t *entity, struct diag *diag)
{
    size_t index = 0;
    const json_t *item = NULL;
    const json_t *list = entity_list_find(entity);
    if (!json_is_array(list)) {
        append_json(out, entity, JSON_COMPACT);
        return buffer_status(out, diag);
    }
    json_array_foreach(list, index, item)
    {
        append_json(out, item, JSON_COMPACT);
    }
    return buffer_status(out, diag);
}
