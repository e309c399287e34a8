/* log.h: the server's log: one event per line, as logfmt or JSON, on standard error.
 *
 *     ts=2024-05-01T12:00:00.123456Z level=info msg="listening" address=127.0.0.1 port=8088
 *
 * Values are escaped, so nothing that a client sends can end a line or forge a field. At most
 * LOG_LINES_PER_SECOND_MAX lines of one level are written per second, then one that says how many
 * were left out. Thread: any. */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "base/text.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

enum { LOG_LINES_PER_SECOND_MAX = 200, LOG_FIELD_COUNT_MAX = 12 };

struct log;

struct log_options {
    FILE *out; /* borrowed */
    enum log_format format;
    enum log_level level; /* the least urgent that is written */
};

/* One key=value; text when text.data is set, else number. */
struct log_field {
    const char *key; /* constant */
    struct text text;
    int64_t number;
};

#define LOG_TEXT(key, value)   ((struct log_field){key, value, 0})
#define LOG_NUMBER(key, value) ((struct log_field){key, {NULL, 0}, value})

MUST_USE enum status log_open(const struct log_options *options, struct log **out,
                              struct diag *diag);
void log_close(struct log *log);

/* message is constant; field_count <= LOG_FIELD_COUNT_MAX. log may be NULL: nothing happens. */
void log_event(struct log *log, enum log_level level, const char *message,
               const struct log_field *fields, size_t field_count);

#endif
