/* avro_binary.h: Avro's binary encoding: bytes to values by a plan, values to bytes by a schema.
 *
 * Numbers are zigzag varints, texts have their length in front, lists come in blocks, a union
 * starts with the number of its branch. Nothing in the bytes says what they are, so a record is
 * read to its end even where nobody wants its fields. Source: Apache Avro specification, binary
 * encoding. Thread: one reader each. */
#ifndef FORMATS_AVRO_BINARY_H
#define FORMATS_AVRO_BINARY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/type.h"
#include "base/value.h"
#include "formats/wire_plan.h"
#include "formats/wire_schema.h"

/* Reads the value at reader->at and moves behind it. False: reader->message says why, or memory is
 * out. Text may be slices of the record. */
bool avro_read(struct wire_reader *reader, const struct wire_plan *plan, struct value *out);

/* A record's fields into cells, one per target of plan, which start as NULL. */
bool avro_read_fields(struct wire_reader *reader, const struct wire_plan *plan,
                      struct value *cells);

/* Parts of values. False as above. A run is what stands for a STRING, BYTES or DECIMAL; an index
 * is less than count; a block of an array or map says how many items follow, 0 at the end. */
bool avro_read_long(struct wire_reader *reader, int64_t *out);
bool avro_read_run(struct wire_reader *reader, const struct wire_schema *schema, struct text *out);
bool avro_read_real(struct wire_reader *reader, enum wire_kind kind, double *out);
bool avro_read_boolean(struct wire_reader *reader, bool *out);
bool avro_read_index(struct wire_reader *reader, uint32_t count, uint32_t *out);
bool avro_read_block(struct wire_reader *reader, uint64_t *out_count);
/* Starts a value that may be null; *is_null: it is. */
bool avro_read_null_branch(struct wire_reader *reader, const struct wire_schema *schema,
                           bool *is_null);

/* Reads the value at reader->at and appends it as Avro's GenericData shows it, which is JSON with
 * blanks behind colons and commas; bytes are a text of their codes. False as above. */
bool avro_append_text(struct wire_reader *reader, const struct wire_schema *schema,
                      struct buffer *out);

void avro_write_long(struct buffer *out, int64_t number);
void avro_write_text(struct buffer *out, struct text text);

/* Writes value, whose type is the one that schema reads as. *refusal (NULL before) says why it
 * cannot be written; what was appended is then of no use. */
void avro_write(struct buffer *out, const struct wire_schema *schema, const struct type *type,
                const struct value *value, const char **refusal);

#endif
