/* log.c
 *
 * A line is built in memory and written with one call, so that lines of several threads do not
 * mix. The limit is a fixed window of a second for each level.
 */
#include "server/log.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "formats/json_value.h"

static const char *const level_names[] = {"error", "warn", "info", "debug"};
enum { LEVEL_COUNT = sizeof(level_names) / sizeof(level_names[0]) };

struct log {
    struct log_options options;
    pthread_mutex_t lock;
    struct buffer line;
    struct arena arena; /* repaired texts of one line */
    time_t second;
    uint64_t counts[LEVEL_COUNT]; /* lines of this second */
};

enum status log_open(const struct log_options *options, struct log **out, struct diag *diag)
{
    struct log *log = memory_zalloc(sizeof(*log));
    if (!log) {
        return diag_no_memory(diag);
    }
    log->options = *options;
    pthread_mutex_init(&log->lock, NULL);
    buffer_init(&log->line);
    arena_init(&log->arena);
    *out = log;
    return STATUS_OK;
}

void log_close(struct log *log)
{
    if (log) {
        buffer_release(&log->line);
        arena_release(&log->arena);
        pthread_mutex_destroy(&log->lock);
        memory_free(log);
    }
}

/* --- One line, under the lock ----------------------------------------------------------------- */

static void write_key(struct log *log, const char *key)
{
    if (log->options.format == LOG_JSON) {
        buffer_printf(&log->line, "%s\"%s\":", log->line.bytes ? "," : "{", key);
    } else {
        buffer_printf(&log->line, "%s%s=", log->line.bytes ? " " : "", key);
    }
}

/* In logfmt, words of plain letters go without quotes. */
static bool is_plain(struct text text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        const char byte = text.data[i];
        if (byte <= ' ' || byte == '"' || byte == '=' || byte == '\\' || byte == 0x7F) {
            return false;
        }
    }
    return text.bytes > 0;
}

static void write_text(struct log *log, const char *key, struct text text)
{
    struct text valid;
    write_key(log, key);
    if (utf8_repair(text, &log->arena, &valid, NULL) != STATUS_OK) {
        valid = TEXT("out of memory");
    }
    if (log->options.format == LOG_LOGFMT && is_plain(valid)) {
        buffer_append_text(&log->line, valid);
    } else {
        json_write_text(&log->line, valid);
    }
}

static void write_head(struct log *log, const struct timespec *now, enum log_level level,
                       const char *message)
{
    struct tm utc;
    char seconds[32];
    (void)gmtime_r(&now->tv_sec, &utc);
    (void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
    char time_text[64];
    (void)snprintf(time_text, sizeof(time_text), "%s.%06dZ", seconds, (int)(now->tv_nsec / 1000));
    write_text(log, "ts", text_of(time_text));
    write_text(log, "level", text_of(level_names[level]));
    write_text(log, "msg", text_of(message));
}

static void write_line(struct log *log, const struct timespec *now, enum log_level level,
                       const char *message, const struct log_field *fields, size_t field_count)
{
    buffer_reset(&log->line);
    arena_reset(&log->arena);
    write_head(log, now, level, message);
    for (size_t i = 0; i < field_count; i++) {
        if (fields[i].text.data) {
            write_text(log, fields[i].key, fields[i].text);
        } else {
            write_key(log, fields[i].key);
            buffer_printf(&log->line, "%lld", (long long)fields[i].number);
        }
    }
    buffer_append_string(&log->line, log->options.format == LOG_JSON ? "}\n" : "\n");
    if (!log->line.has_failed) {
        (void)fwrite(log->line.data, 1, log->line.bytes, log->options.out);
        (void)fflush(log->options.out);
    }
}

/* Says what the second that is over has left out. */
static void begin_second(struct log *log, const struct timespec *now)
{
    for (size_t level = 0; level < LEVEL_COUNT; level++) {
        if (log->counts[level] > LOG_LINES_PER_SECOND_MAX) {
            const struct log_field field =
                LOG_NUMBER("count", (int64_t)(log->counts[level] - LOG_LINES_PER_SECOND_MAX));
            write_line(log, now, (enum log_level)level, "lines were left out", &field, 1);
        }
        log->counts[level] = 0;
    }
    log->second = now->tv_sec;
}

void log_event(struct log *log, enum log_level level, const char *message,
               const struct log_field *fields, size_t field_count)
{
    assert(field_count <= LOG_FIELD_COUNT_MAX);
    if (!log || level > log->options.level) {
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    pthread_mutex_lock(&log->lock);
    if (now.tv_sec != log->second) {
        begin_second(log, &now);
    }
    if (++log->counts[level] <= LOG_LINES_PER_SECOND_MAX) {
        write_line(log, &now, level, message, fields, field_count);
    }
    pthread_mutex_unlock(&log->lock);
}
