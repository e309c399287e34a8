/* fixture.h: what the format tests share: types from text, and one record decoded to text.
 *
 * A decoded row is shown as JSON: {"A":1,"B":null}; a null row as "null"; a record that failed
 * as "! " and its cause. So a test is a table of texts. */
#ifndef TESTS_FORMATS_FIXTURE_H
#define TESTS_FORMATS_FIXTURE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/column.h"
#include "formats/decoder.h"
#include "formats/encoder.h"

struct fixture {
    struct arena arena;
    struct arena batch;
    struct buffer text;
    struct diag diag;
};

void fixture_init(struct fixture *fixture);
void fixture_release(struct fixture *fixture);

/* A type as type_print writes it, names without quotes: "ARRAY<STRUCT<A INTEGER, b STRING>>". */
const struct type *fixture_type(struct fixture *fixture, const char *text);

/* Options for a value with these columns ("A INTEGER, B STRING") on topic "T". */
struct decoder_options fixture_decoder_options(struct fixture *fixture, enum format_kind format,
                                               const char *columns);
struct decoder *fixture_decoder(struct fixture *fixture, const struct decoder_options *options);

/* Decodes one record (data NULL: null) and shows the row. Valid until the next call. */
const char *fixture_decode(struct fixture *fixture, struct decoder *decoder,
                           const struct decoder_options *options, struct text record);

/* As above for one JSON value record with a decoder of its own. */
const char *fixture_decode_json(struct fixture *fixture, const char *columns, const char *record);

/* Appends one row of columns as shown above. */
void fixture_show_row(struct fixture *fixture, const struct decoder_options *options,
                      const struct column *columns, const struct decode_result *result, size_t row);

/* Decodes one JSON record and encodes the row in format; "null" for null bytes. */
const char *fixture_encode(struct fixture *fixture, const struct encoder_options *options,
                           const char *columns, const char *json);

#endif
