/* row_proto.h: rows as Protobuf messages: what v1+protobuf has in the place of lists of values.
 *
 * The message is the one that PROTOBUF would have for the columns; its text goes out with the
 * header, and each row is its bytes in base64. Source: ksqlDB's QueryStreamResponseWriter,
 * JsonStreamedRowResponseWriter. Thread: any. */
#ifndef SERVER_ROW_PROTO_H
#define SERVER_ROW_PROTO_H

#include "base/batch.h"
#include "base/buffer.h"
#include "base/schema.h"

/* Appends the .proto text of a row as a JSON string, "" when the columns have no such form. */
void row_proto_write_schema(const struct schema *schema, struct buffer *out);

/* Appends the bytes of one row as a JSON string. A row that has no such form (a list with a null)
 * is the empty message; failed allocations are noted in out. */
void row_proto_write_row(const struct schema *schema, const struct batch *batch, size_t row,
                         struct buffer *out);

#endif
