/* error_code.c
 *
 * A code is its HTTP status and two more digits. Messages may quote what a client sent, so they
 * are made valid UTF-8 before they go into JSON.
 */
#include "server/error_code.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "formats/json_value.h"

unsigned error_code_http_status(enum error_code code)
{
    return (unsigned)code / 100;
}

enum error_code error_code_of_statement(const struct diag *diag)
{
    switch (diag->status) {
    case STATUS_INVALID:
    case STATUS_MISSING:
    case STATUS_CONFLICT:
    case STATUS_LIMIT:
        return ERROR_BAD_STATEMENT;
    case STATUS_CANCELLED:
        return ERROR_SHUTTING_DOWN;
    case STATUS_OK:
    case STATUS_CORRUPT:
    case STATUS_IO:
    case STATUS_NO_MEMORY:
    case STATUS_COUNT:
        break;
    }
    return ERROR_INTERNAL;
}

static void write_text(struct buffer *out, struct text text)
{
    struct arena arena;
    struct text valid;
    arena_init(&arena);
    if (utf8_repair(text, &arena, &valid, NULL) == STATUS_OK) {
        json_write_text(out, valid);
    } else {
        buffer_append_string(out, "\"out of memory\"");
    }
    arena_release(&arena);
}

static void write_common(struct buffer *out, const char *type, enum error_code code,
                         struct text message)
{
    buffer_printf(out, "{\"@type\":\"%s\",\"error_code\":%d,\"message\":", type, (int)code);
    write_text(out, message);
}

void error_body_write(struct buffer *out, enum error_code code, struct text message)
{
    write_common(out, "generic_error", code, message);
    buffer_append_byte(out, '}');
}

void error_body_write_message(struct buffer *out, struct text message)
{
    buffer_append_string(out, "{\"error\":");
    write_text(out, message);
    buffer_append_byte(out, '}');
}

void error_body_write_statement(struct buffer *out, enum error_code code, struct text message,
                                struct text statement, const json_t *entities)
{
    write_common(out, "statement_error", code, message);
    buffer_append_string(out, ",\"statementText\":");
    write_text(out, statement);
    buffer_append_string(out, ",\"entities\":");
    if (entities) {
        json_document_write(out, entities);
    } else {
        buffer_append_string(out, "[]");
    }
    buffer_append_byte(out, '}');
}

static int append_dump(const char *data, size_t bytes, void *context)
{
    struct buffer *out = context;
    buffer_append(out, data, bytes);
    return out->has_failed ? -1 : 0;
}

void json_document_write(struct buffer *out, const json_t *json)
{
    if (!json || json_dump_callback(json, append_dump, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
        out->has_failed = true;
    }
}
