/* kafka.c
 *
 * The KAFKA format: one column in the bytes of Kafka's own serializers. Numbers are big-endian
 * and of fixed length, STRING is UTF-8 (bytes that are not are replaced, as Java does), BYTES is
 * the record itself. Texts are slices of the record. Source: ksqlDB KafkaSerdeFactory; Kafka
 * IntegerDeserializer and its siblings. */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "formats/decode_batch.h"
#include "formats/encode_batch.h"

static uint64_t read_be(const char *from, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | (unsigned char)from[i];
    }
    return value;
}

/* Writes the cell of a number; false when the record is not as long as the number. */
static bool read_number(struct column *column, size_t row, struct text record)
{
    const enum layout layout = type_layout(column->type);
    const size_t bytes = layout == LAYOUT_INT32 ? sizeof(int32_t) : sizeof(int64_t);
    if (record.bytes != bytes) {
        return false;
    }
    const uint64_t bits = read_be(record.data, bytes);
    if (layout == LAYOUT_INT32) {
        column->int32[row] = (int32_t)(uint32_t)bits;
    } else if (layout == LAYOUT_INT64) {
        column->int64[row] = (int64_t)bits;
    } else {
        assert(layout == LAYOUT_DOUBLE);
        memcpy(&column->real[row], &bits, sizeof(bits));
    }
    return true;
}

/* Kafka's own complaint about a record of the wrong length. */
static struct text length_message(const struct type *type)
{
    if (type->kind == TYPE_INTEGER) {
        return TEXT("Size of data received by IntegerDeserializer is not 4");
    }
    return type->kind == TYPE_BIGINT ? TEXT("Size of data received by LongDeserializer is not 8")
                                     : TEXT("Size of data received by Deserializer is not 8");
}

static enum status fail_row(struct decode_batch *batch, size_t row, struct diag *diag)
{
    const struct text message =
        arena_printf(batch->arena, "Error deserializing KAFKA message from topic: %.*s",
                     TEXT_ARGS(batch->options->topic));
    const struct text cause = length_message(batch->columns[0].type);
    return message.data ? decode_batch_fail(batch, row, message, cause, diag)
                        : diag_no_memory(diag);
}

static enum status decode_row(struct decode_batch *batch, size_t row, struct diag *diag)
{
    struct column *column = &batch->columns[0];
    const struct text record = batch->records[row];
    if (column->type->kind == TYPE_BYTES) {
        column->text[row] = record;
        return STATUS_OK;
    }
    if (column->type->kind == TYPE_STRING) {
        return utf8_repair(record, batch->arena, &column->text[row], diag);
    }
    return read_number(column, row, record) ? STATUS_OK : fail_row(batch, row, diag);
}

static enum status decode_batch(struct decoder *decoder, struct decode_batch *batch,
                                struct diag *diag)
{
    (void)decoder;
    for (size_t row = 0; row < batch->count; row++) {
        if (!batch->records[row].data) {
            decode_batch_null(batch, row);
        } else if (batch->columns[0].is_present) {
            TRY(decode_row(batch, row, diag));
        }
    }
    return STATUS_OK;
}

enum status kafka_decoder_create(struct arena *arena, const struct decoder_options *options,
                                 struct decoder **out, struct diag *diag)
{
    struct decoder *decoder = ARENA_NEW(arena, struct decoder);
    if (!decoder) {
        return diag_no_memory(diag);
    }
    *decoder = (struct decoder){.decode = decode_batch, .options = *options};
    *out = decoder;
    return STATUS_OK;
}

static void encode_row(struct encoder *encoder, const struct column *const *columns, size_t row,
                       struct buffer *out)
{
    (void)encoder;
    const struct column *column = columns[0];
    uint64_t bits = 0;
    switch (type_layout(column->type)) {
    case LAYOUT_INT32:
        buffer_append_be32(out, (uint32_t)column->int32[row]);
        return;
    case LAYOUT_INT64:
        buffer_append_be64(out, (uint64_t)column->int64[row]);
        return;
    case LAYOUT_DOUBLE:
        memcpy(&bits, &column->real[row], sizeof(bits));
        buffer_append_be64(out, bits);
        return;
    case LAYOUT_TEXT:
        buffer_append_text(out, column->text[row]);
        return;
    case LAYOUT_BOOLEAN:
    case LAYOUT_DECIMAL:
    case LAYOUT_LIST:
    case LAYOUT_MAP:
    case LAYOUT_COUNT:
        break;
    }
    assert(false); /* format_check lets no other type through */
}

enum status kafka_encoder_create(struct arena *arena, const struct encoder_options *options,
                                 struct encoder **out, struct diag *diag)
{
    struct encoder *encoder = ARENA_NEW(arena, struct encoder);
    if (!encoder) {
        return diag_no_memory(diag);
    }
    *encoder =
        (struct encoder){.encode = encode_row, .null_is_null_record = true, .options = *options};
    *out = encoder;
    return STATUS_OK;
}
