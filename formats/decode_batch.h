/* decode_batch.h: what the decoders of all formats share: the frame of one decode call.
 *
 * A format supplies a create and a decode function; decoder.c does the rest. Rows are noted as
 * null or failed here, which also makes all their columns NULL. Thread: one at a time. */
#ifndef FORMATS_DECODE_BATCH_H
#define FORMATS_DECODE_BATCH_H

#include "formats/decoder.h"

struct decode_batch {
    const struct decoder_options *options;
    const struct text *records;
    size_t count;
    struct column *columns; /* one per column of options; only the wanted ones are present */
    struct arena *arena;
    struct decode_result *result;
    struct decode_error *errors; /* with room for error_capacity */
    uint32_t error_capacity;
};

/* Decodes every record of batch: writes its row of the columns, or notes it as null or failed.
 * All rows start as RECORD_DECODED with zero in every column. */
typedef enum status decode_fn(struct decoder *decoder, struct decode_batch *batch,
                              struct diag *diag);

/* Base of every format's decoder. */
struct decoder {
    decode_fn *decode;
    struct decoder_options options;
};

static inline bool decoder_wants(const struct decoder_options *options, uint32_t column)
{
    return !options->wanted || options->wanted[column];
}

/* The row's record is null or stands for a null row. */
void decode_batch_null(struct decode_batch *batch, size_t row);

/* The row's record cannot be decoded; the texts are borrowed and live as long as the arena. */
MUST_USE enum status decode_batch_fail(struct decode_batch *batch, size_t row, struct text message,
                                       struct text cause, struct diag *diag);

MUST_USE enum status json_decoder_create(struct arena *arena, const struct decoder_options *options,
                                         struct decoder **out, struct diag *diag);
MUST_USE enum status delimited_decoder_create(struct arena *arena,
                                              const struct decoder_options *options,
                                              struct decoder **out, struct diag *diag);
MUST_USE enum status kafka_decoder_create(struct arena *arena,
                                          const struct decoder_options *options,
                                          struct decoder **out, struct diag *diag);
MUST_USE enum status json_sr_decoder_create(struct arena *arena,
                                            const struct decoder_options *options,
                                            struct decoder **out, struct diag *diag);
MUST_USE enum status proto_decoder_create(struct arena *arena,
                                          const struct decoder_options *options,
                                          struct decoder **out, struct diag *diag);
MUST_USE enum status proto_nosr_decoder_create(struct arena *arena,
                                               const struct decoder_options *options,
                                               struct decoder **out, struct diag *diag);
MUST_USE enum status avro_decoder_create(struct arena *arena, const struct decoder_options *options,
                                         struct decoder **out, struct diag *diag);
/* A side that holds nothing (format_is_void): every record is a null row. */
MUST_USE enum status none_decoder_create(struct arena *arena, const struct decoder_options *options,
                                         struct decoder **out, struct diag *diag);

#endif
