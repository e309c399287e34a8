/* request_body.c
 *
 * jansson reads the document (its nesting is limited to 2048 levels, and it takes valid UTF-8
 * only). A name that stands twice is refused, because two readers of one body would disagree
 * about which counts.
 */
#include "server/request_body.h"

#include <stdio.h>

#include "base/number_text.h"
#include "server/limits.h"

const struct body_names body_names_ksql = {"ksql", "streamsProperties",
                                           "\"ksql\" field must be populated"};
const struct body_names body_names_stream = {"sql", "properties",
                                             "\"sql\" field must be populated"};
const struct body_names body_names_websocket = {"ksql", "streamsProperties",
                                                "\"ksql\" field of \"request\" must be populated"};

enum status request_body_parse_json(const struct request *request, json_t **out, struct diag *diag)
{
    const struct text body = buffer_text(&request->body);
    json_error_t error = {.text = "the body is empty"};
    json_t *json =
        body.bytes ? json_loadb(body.data, body.bytes, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!json) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Invalid JSON in request: %s",
                         error.text);
    }
    if (!json_is_object(json)) {
        json_decref(json);
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid JSON in request: an object is expected");
    }
    *out = json;
    return STATUS_OK;
}

/* A field that is an object, or NULL where it is missing or null. */
static enum status take_object(const json_t *json, const char *name, json_t **out,
                               struct diag *diag)
{
    json_t *value = json_object_get(json, name);
    *out = json_is_null(value) ? NULL : value;
    if (*out && !json_is_object(*out)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid JSON in request: \"%s\" must be an object", name);
    }
    if (json_object_size(*out) > REQUEST_PROPERTY_COUNT_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "\"%s\" has more than %d members", name,
                         REQUEST_PROPERTY_COUNT_MAX);
    }
    return STATUS_OK;
}

static enum status take_sql(struct request_body *body, const struct body_names *names,
                            struct diag *diag)
{
    const json_t *value = json_object_get(body->json, names->sql);
    if (!value || json_is_null(value)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", names->missing);
    }
    if (!json_is_string(value)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid JSON in request: \"%s\" must be a string", names->sql);
    }
    body->sql = (struct text){json_string_value(value), json_string_length(value)};
    if (strspn(body->sql.data, " \t\r\n") == body->sql.bytes) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", names->missing);
    }
    return STATUS_OK;
}

static enum status take_sequence(struct request_body *body, struct diag *diag)
{
    const json_t *value = json_object_get(body->json, "commandSequenceNumber");
    body->sequence = json_is_integer(value) ? json_integer_value(value) : -1;
    if (value && !json_is_integer(value) && !json_is_null(value)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid JSON in request: \"commandSequenceNumber\" must be an integer");
    }
    return STATUS_OK;
}

static enum status take_fields(struct request_body *body, const struct body_names *names,
                               struct diag *diag)
{
    json_t *ignored = NULL;
    TRY(take_sql(body, names, diag));
    TRY(take_object(body->json, names->properties, &body->properties, diag));
    TRY(take_object(body->json, "sessionVariables", &body->variables, diag));
    TRY(take_object(body->json, "requestProperties", &ignored, diag));
    return take_sequence(body, diag);
}

enum status request_body_parse(const struct request *request, const struct body_names *names,
                               struct request_body *out, struct diag *diag)
{
    struct request_body body = {0};
    TRY(request_body_parse_json(request, &body.json, diag));
    const enum status status = take_fields(&body, names, diag);
    if (status != STATUS_OK) {
        request_body_release(&body);
        return status;
    }
    *out = body;
    return STATUS_OK;
}

void request_body_release(struct request_body *body)
{
    json_decref(body->json);
}

/* --- The session ------------------------------------------------------------------------------ */

/* A scalar as text, in scratch unless it is a string; NULL for null, objects and arrays. */
static const char *scalar_text(const json_t *value, char scratch[NUMBER_TEXT_DOUBLE_BYTES_MAX + 1])
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_INTEGER:
        scratch[number_text_int64(scratch, json_integer_value(value))] = '\0';
        return scratch;
    case JSON_REAL:
        scratch[number_text_double(scratch, json_real_value(value))] = '\0';
        return scratch;
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return NULL;
}

typedef enum status set_function(struct session *session, const char *name, const char *value,
                                 struct diag *diag);

/* Gives every member of object to set; null members count as not there. */
static enum status set_all(struct session *session, json_t *object, set_function *set,
                           struct diag *diag)
{
    const char *name = NULL;
    json_t *value = NULL;
    char scratch[NUMBER_TEXT_DOUBLE_BYTES_MAX + 1];
    json_object_foreach(object, name, value)
    {
        const char *text = scalar_text(value, scratch);
        if (text) {
            TRY(set(session, name, text, diag));
        } else if (!json_is_null(value)) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "The value of '%s' must be a string, a number or a boolean", name);
        }
    }
    return STATUS_OK;
}

enum status request_body_open_session(const struct request_body *body, struct engine *engine,
                                      struct session **out, struct diag *diag)
{
    struct session *session = NULL;
    TRY(session_create(engine, &session, diag));
    enum status status = set_all(session, body->properties, session_set, diag);
    if (status == STATUS_OK) {
        status = set_all(session, body->variables, session_define, diag);
    }
    if (status != STATUS_OK) {
        session_destroy(session);
        return status;
    }
    *out = session;
    return STATUS_OK;
}
