/* encode_batch.h: what the encoders of all formats share: one call's frame, and the table of
 * formats' constructors. Thread: one at a time. */
#ifndef FORMATS_ENCODE_BATCH_H
#define FORMATS_ENCODE_BATCH_H

#include "formats/encoder.h"

/* Appends one row's record. Failed appends are noted in out alone; a row that cannot be written
 * at all in encoder->refusal. */
typedef void encode_fn(struct encoder *encoder, const struct column *const *columns, size_t row,
                       struct buffer *out);

/* Base of every format's encoder. */
struct encoder {
    encode_fn *encode;
    const char *refusal;      /* why a row could not be written; set by encode */
    bool null_is_null_record; /* one column, unwrapped: NULL becomes null bytes */
    struct encoder_options options;
};

MUST_USE enum status json_encoder_create(struct arena *arena, const struct encoder_options *options,
                                         struct encoder **out, struct diag *diag);
MUST_USE enum status delimited_encoder_create(struct arena *arena,
                                              const struct encoder_options *options,
                                              struct encoder **out, struct diag *diag);
MUST_USE enum status kafka_encoder_create(struct arena *arena,
                                          const struct encoder_options *options,
                                          struct encoder **out, struct diag *diag);
MUST_USE enum status json_sr_encoder_create(struct arena *arena,
                                            const struct encoder_options *options,
                                            struct encoder **out, struct diag *diag);
MUST_USE enum status proto_encoder_create(struct arena *arena,
                                          const struct encoder_options *options,
                                          struct encoder **out, struct diag *diag);
MUST_USE enum status proto_nosr_encoder_create(struct arena *arena,
                                               const struct encoder_options *options,
                                               struct encoder **out, struct diag *diag);
MUST_USE enum status avro_encoder_create(struct arena *arena, const struct encoder_options *options,
                                         struct encoder **out, struct diag *diag);

#endif
