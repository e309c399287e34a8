/* status.h: how every fallible call in Leat reports, and where in the SQL text it went wrong.
 *
 * A function that can fail returns enum status and takes a struct diag last. On failure the
 * diag says what, where and what to do; on success it is not touched. Thread: a diag belongs
 * to one thread. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* What the caller can do about it; whether a retry can help is status_is_retriable(). */
enum status {
    STATUS_OK = 0,
    STATUS_INVALID,   /* the user must change the statement, request or setting */
    STATUS_MISSING,   /* the named thing does not exist */
    STATUS_CONFLICT,  /* the named thing exists already, or is in use */
    STATUS_LIMIT,     /* a bound of base/bounds.h or a configured limit was reached */
    STATUS_CORRUPT,   /* stored data is not what was written, or a record cannot be decoded */
    STATUS_IO,        /* the operating system or SQLite failed */
    STATUS_NO_MEMORY, /* an allocation failed */
    STATUS_CANCELLED, /* someone asked for the work to stop */
    STATUS_COUNT
};

/* A place in the SQL text. line and column start at 1; line 0 means "no place known". */
struct sql_pos {
    uint32_t line;
    uint32_t column;
    uint32_t offset_bytes; /* from the start of the text that was parsed */
    uint32_t bytes;        /* length of the offending text, 0 if unknown */
};

enum { DIAG_MESSAGE_BYTES_MAX = 4096, DIAG_HINT_BYTES_MAX = 512 };

struct diag {
    enum status status;
    struct sql_pos pos;
    char message[DIAG_MESSAGE_BYTES_MAX]; /* one or more lines, no trailing newline */
    char hint[DIAG_HINT_BYTES_MAX];       /* empty, or what the user might do */
};

static const struct sql_pos SQL_POS_NONE = {0, 0, 0, 0};

/* Empties diag. */
void diag_reset(struct diag *diag);

/* Fills diag and returns status, so that a failure is one statement: return diag_fail(...).
 * diag may be NULL. A message that does not fit is cut at a character boundary. */
enum status diag_fail(struct diag *diag, enum status status, struct sql_pos pos,
                      const char *format, ...) PRINTF_LIKE(4, 5);

/* The usual failure of an allocation. */
enum status diag_no_memory(struct diag *diag);

/* Puts text in front of the message that diag holds, as in "Invalid Predicate: ". */
void diag_prefix(struct diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends text to the message that diag holds. */
void diag_append(struct diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

void diag_hint(struct diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

/* "invalid", "missing", ...: stable names for logs. */
const char *status_name(enum status status);

/* True when the same call can succeed later without anyone changing anything. */
bool status_is_retriable(enum status status);

/* Returns early with the status of a failed call. The only macro that hides control flow. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const enum status try_status_ = (call);                                                    \
        if (try_status_ != STATUS_OK) {                                                            \
            return try_status_;                                                                    \
        }                                                                                          \
    } while (0)

#endif
