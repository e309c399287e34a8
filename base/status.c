/* status.c
 *
 * One table says what a status is called and whether trying again can help. A diag is a plain
 * struct in the caller's frame, so that reporting an error needs no memory and cannot fail.
 */
#include "base/status.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    bool retriable;
} statuses[] = {
    [STATUS_OK] = {"ok", false},
    [STATUS_INVALID] = {"invalid", false},
    [STATUS_MISSING] = {"missing", false},
    [STATUS_CONFLICT] = {"conflict", false},
    [STATUS_LIMIT] = {"limit", true},
    [STATUS_CORRUPT] = {"corrupt", false},
    [STATUS_IO] = {"io", false},
    [STATUS_NO_MEMORY] = {"no memory", true},
    [STATUS_CANCELLED] = {"cancelled", false},
};
static_assert(sizeof(statuses) / sizeof(statuses[0]) == STATUS_COUNT, "one row per status");

/* How many bytes follow the lead byte of a character. */
static size_t tail_bytes(unsigned char lead)
{
    if (lead >= 0xF0U) {
        return 3;
    }
    if (lead >= 0xE0U) {
        return 2;
    }
    return lead >= 0xC0U ? 1 : 0;
}

/* Cuts text so that it does not end in the middle of a UTF-8 character. */
static void trim_partial_character(char *text)
{
    size_t bytes = strlen(text);
    size_t tail = 0;
    while (tail < bytes && tail < 4 && ((unsigned char)text[bytes - 1 - tail] & 0xC0U) == 0x80U) {
        tail++;
    }
    if (tail >= bytes) {
        return;
    }
    if (tail_bytes((unsigned char)text[bytes - 1 - tail]) > tail) {
        text[bytes - 1 - tail] = '\0';
    }
}

static void format_into(char *out, size_t out_bytes, const char *format, va_list args)
{
    const int length = vsnprintf(out, out_bytes, format, args);
    if (length >= (int)out_bytes) {
        trim_partial_character(out);
    }
}

void diag_reset(struct diag *diag)
{
    diag->status = STATUS_OK;
    diag->pos = SQL_POS_NONE;
    diag->message[0] = '\0';
    diag->hint[0] = '\0';
}

enum status diag_fail(struct diag *diag, enum status status, struct sql_pos pos,
                      const char *format, ...)
{
    assert(status != STATUS_OK);
    if (!diag) {
        return status;
    }
    diag->status = status;
    diag->pos = pos;
    diag->hint[0] = '\0';
    va_list args;
    va_start(args, format);
    format_into(diag->message, sizeof(diag->message), format, args);
    va_end(args);
    return status;
}

enum status diag_no_memory(struct diag *diag)
{
    return diag_fail(diag, STATUS_NO_MEMORY, SQL_POS_NONE, "out of memory");
}

void diag_prefix(struct diag *diag, const char *format, ...)
{
    if (!diag) {
        return;
    }
    char old[DIAG_MESSAGE_BYTES_MAX];
    memcpy(old, diag->message, sizeof(old));
    va_list args;
    va_start(args, format);
    format_into(diag->message, sizeof(diag->message), format, args);
    va_end(args);
    diag_append(diag, "%s", old);
}

void diag_append(struct diag *diag, const char *format, ...)
{
    if (!diag) {
        return;
    }
    const size_t used = strlen(diag->message);
    va_list args;
    va_start(args, format);
    format_into(diag->message + used, sizeof(diag->message) - used, format, args);
    va_end(args);
}

void diag_hint(struct diag *diag, const char *format, ...)
{
    if (!diag) {
        return;
    }
    va_list args;
    va_start(args, format);
    format_into(diag->hint, sizeof(diag->hint), format, args);
    va_end(args);
}

const char *status_name(enum status status)
{
    assert(status < STATUS_COUNT);
    return statuses[status].name;
}

bool status_is_retriable(enum status status)
{
    assert(status < STATUS_COUNT);
    return statuses[status].retriable;
}
