/* line_producer.c
 *
 * Reads large blocks, finds the newlines, and hands thousands of records at once to the engine,
 * which queues them for the committer; so reading goes on while earlier lines are compressed and
 * written. Records borrow the block; the engine copies them.
 */
#include "shell/line_producer.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/memory.h"
#include "formats/decoder.h"

enum { BLOCK_BYTES = 4 << 20, RECORDS_PER_CALL = BATCH_ROWS_MAX };

struct line_producer {
    struct engine *engine;
    const struct line_producer_options *options;
    struct record *records;  /* RECORDS_PER_CALL of them */
    struct text *values;     /* the same records' values, for the decoder */
    size_t count;            /* records waiting */
    uint64_t line_count;     /* handed over */
    int64_t now_ms;
    struct decoder *decoder; /* NULL without a timestamp field */
    struct arena arena;      /* decoder */
    struct arena batch_arena;
    struct diag *diag;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum status make_decoder(struct line_producer *producer)
{
    const char *name = producer->options->timestamp_field;
    struct type_field *field = ARENA_NEW(&producer->arena, struct type_field);
    if (!field) {
        return diag_no_memory(producer->diag);
    }
    *field = (struct type_field){.name = text_of(name), .type = type_of(TYPE_BIGINT)};
    const struct decoder_options options = {.format = FORMAT_JSON,
                                            .side = FORMAT_VALUE,
                                            .wrap = FORMAT_WRAP_SINGLES,
                                            .topic = text_of(producer->options->topic),
                                            .column_count = 1,
                                            .columns = field};
    return decoder_create(&producer->arena, &options, &producer->decoder, producer->diag);
}

/* Sets the records' times from the JSON member; records before a bad line are kept. */
static enum status read_times(struct line_producer *producer, size_t *good_count)
{
    struct column column;
    struct decode_result result;
    arena_reset(&producer->batch_arena);
    TRY(decoder_decode(producer->decoder, producer->values, producer->count, &column,
                       &producer->batch_arena, &result, producer->diag));
    for (size_t i = 0; i < producer->count; i++) {
        if (result.outcomes[i] != RECORD_DECODED || column_is_null(&column, i) ||
            column.int64[i] < 0) {
            *good_count = i;
            return diag_fail(producer->diag, STATUS_INVALID, SQL_POS_NONE,
                             "line %llu has no time in milliseconds in '%s'",
                             (unsigned long long)(producer->line_count + i + 1),
                             producer->options->timestamp_field);
        }
        producer->records[i].time_ms = column.int64[i];
    }
    return STATUS_OK;
}

static enum status append(struct line_producer *producer, size_t count, struct diag *diag)
{
    const struct line_producer_options *options = producer->options;
    return producer->engine ? engine_produce(producer->engine, options->topic, -1,
                                             producer->records, count, false, diag)
                            : options->append(options->context, producer->records, count, diag);
}

static enum status hand_over(struct line_producer *producer)
{
    size_t good_count = producer->count;
    const enum status times = producer->decoder ? read_times(producer, &good_count) : STATUS_OK;
    struct diag diag;
    const enum status status = append(producer, good_count, &diag);
    producer->line_count += good_count;
    producer->count = 0;
    if (times == STATUS_OK && status != STATUS_OK) {
        *producer->diag = diag;
    }
    return times != STATUS_OK ? times : status;
}

static enum status add_line(struct line_producer *producer, const char *start, size_t bytes)
{
    struct record record = {.time_ms = producer->now_ms, .value = {start, bytes}};
    const char *separator = producer->options->has_key_separator
                                ? memchr(start, producer->options->key_separator, bytes)
                                : NULL;
    if (separator) {
        record.key = (struct text){start, (size_t)(separator - start)};
        record.value = (struct text){separator + 1, (size_t)(start + bytes - separator - 1)};
    }
    if (bytes > RECORD_BYTES_MAX) {
        return diag_fail(producer->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "line %llu is longer than %d bytes",
                         (unsigned long long)(producer->line_count + producer->count + 1),
                         RECORD_BYTES_MAX);
    }
    producer->values[producer->count] = record.value;
    producer->records[producer->count++] = record;
    return producer->count == RECORDS_PER_CALL ? hand_over(producer) : STATUS_OK;
}

/* Takes all whole lines of block; *out_used says how many bytes they are. */
static enum status take_lines(struct line_producer *producer, const char *block, size_t bytes,
                              size_t *out_used)
{
    const char *start = block;
    const char *end = block + bytes;
    const char *newline = NULL;
    producer->now_ms = now_ms();
    while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
        TRY(add_line(producer, start, (size_t)(newline - start)));
        start = newline + 1;
    }
    *out_used = (size_t)(start - block);
    return STATUS_OK;
}

static enum status run(struct line_producer *producer, FILE *input, struct buffer *block)
{
    for (;;) {
        if (!buffer_reserve(block, BLOCK_BYTES)) {
            return diag_no_memory(producer->diag);
        }
        const size_t bytes = fread(block->data + block->bytes, 1, BLOCK_BYTES, input);
        block->bytes += bytes;
        if (ferror(input)) {
            return diag_fail(producer->diag, STATUS_IO, SQL_POS_NONE, "cannot read the lines");
        }
        size_t used = 0;
        TRY(take_lines(producer, block->data, block->bytes, &used));
        if (bytes == 0 && used < block->bytes) { /* the last line has no newline */
            TRY(add_line(producer, block->data + used, block->bytes - used));
            used = block->bytes;
        }
        if (producer->count > 0) { /* records borrow the block */
            TRY(hand_over(producer));
        }
        memmove(block->data, block->data + used, block->bytes - used);
        block->bytes -= used;
        if (bytes == 0) {
            return STATUS_OK;
        }
    }
}

static enum status run_all(struct line_producer *producer, FILE *input)
{
    struct buffer block;
    buffer_init(&block);
    enum status status = producer->options->timestamp_field ? make_decoder(producer) : STATUS_OK;
    if (status == STATUS_OK) {
        status = run(producer, input, &block);
    }
    buffer_release(&block);
    /* What was taken is made durable even when a later line was refused. */
    struct diag diag;
    const enum status flushed =
        producer->engine ? engine_flush(producer->engine, &diag) : STATUS_OK;
    if (status == STATUS_OK && flushed != STATUS_OK) {
        *producer->diag = diag;
        return flushed;
    }
    return status;
}

enum status line_producer_run(struct engine *engine, const struct line_producer_options *options,
                              FILE *input, uint64_t *out_count, struct diag *diag)
{
    struct line_producer producer = {.engine = engine, .options = options, .diag = diag};
    arena_init(&producer.arena);
    arena_init(&producer.batch_arena);
    producer.records = memory_alloc(RECORDS_PER_CALL * sizeof(*producer.records));
    producer.values = memory_alloc(RECORDS_PER_CALL * sizeof(*producer.values));
    const enum status status = producer.records && producer.values ? run_all(&producer, input)
                                                                   : diag_no_memory(diag);
    memory_free(producer.records);
    memory_free(producer.values);
    arena_release(&producer.arena);
    arena_release(&producer.batch_arena);
    *out_count = producer.line_count;
    return status;
}
